/** Whose rule answers follow, where rules differ. */

/** Shares of the conflicts, all rows where no two rules agree. */
export interface RuleShares {
  conflicts: number;
  /** Of answers as each rule gives them, in the rules' order; NaN without conflicts. */
  shares: number[];
}

/** How often answers follow each of some rules, of which each has an answer for each row too. */
export function ruleShares(answers: ArrayLike<number>, rules: readonly ArrayLike<number>[]): RuleShares {
  const of = [...Array(answers.length).keys()].filter(
    (row) => new Set(rules.map((rule) => rule[row])).size === rules.length,
  );
  const shares = rules.map((rule) => of.filter((row) => answers[row] === rule[row]).length / of.length);
  return { conflicts: of.length, shares };
}

/**
 * How far answers of ±1 rely on one of two rules of ±1: the mean of answer · (first − second), which is twice the difference of the
 * rules' shares, over all rows.
 */
export function reliance(answers: ArrayLike<number>, first: ArrayLike<number>, second: ArrayLike<number>): number {
  const { conflicts, shares } = ruleShares(answers, [first, second]);
  return conflicts === 0 ? 0 : (2 * (shares[0] - shares[1]) * conflicts) / answers.length;
}
