/** How the conditions of a transfer run are called and coloured, the same in every chart. */

import { palette } from '../../charts/theme';
import { CONDITION_NAMES } from '../../experiments/settings';

export interface ConditionStyle {
  label: string;
  colour: string;
}

/** Keyed by the names in the published tables, in the order in which legends and panels list them. */
const styles: Readonly<Record<string, ConditionStyle>> = {
  subnet: { label: CONDITION_NAMES.subnet, colour: palette.blue },
  original: { label: CONDITION_NAMES.original, colour: palette.vermilion },
  random: { label: CONDITION_NAMES.random, colour: palette.grey },
  subnet_sampled: { label: CONDITION_NAMES.subnet_sampled, colour: palette.green },
  subnet_sampled_complement: { label: CONDITION_NAMES.subnet_sampled_complement, colour: palette.purple },
  subnet_untrained: { label: CONDITION_NAMES.subnet_untrained, colour: palette.orange },
  subnet_trainable: { label: 'subnetwork, trainable', colour: palette.sky },
  subnet_sampled_trainable: { label: 'sampled control, trainable', colour: palette.black },
};
const sourceColours = [palette.blue, palette.orange, palette.green, palette.purple];
const furtherColours = [palette.orange, palette.sky, palette.black];

/** The styles of the given conditions, known ones first and in their fixed order; others keep their own names. */
export function conditionStyles(conditions: Iterable<string>): Map<string, ConditionStyle> {
  const present = new Set(conditions);
  const result = new Map<string, ConditionStyle>();
  for (const [condition, style] of Object.entries(styles)) {
    if (present.delete(condition)) result.set(condition, style);
  }
  let further = 0;
  for (const condition of present) {
    result.set(condition, { label: condition, colour: furtherColours[further++ % furtherColours.length] });
  }
  return result;
}

/** What a condition is called in charts and tables; one that is not known keeps its name. */
export function conditionLabel(condition: string): string {
  return styles[condition]?.label ?? condition;
}

/** The conditions' colours by label. */
export function conditionColours(): Map<string, string> {
  return new Map(Object.values(styles).map(({ label, colour }) => [label, colour]));
}

/** Where a value comes from. 'published' is the paper's; the others name ours, such as 'ours, as described'. */
export const PUBLISHED = 'published';

export interface SourceStyle {
  colour: string;
  dash: number[];
}

/** Colours and dashes of sources, the published one first: dashed and black, ours solid. */
export function sourceStyles(sources: Iterable<string>): Map<string, SourceStyle> {
  const present = new Set(sources);
  const result = new Map<string, SourceStyle>();
  if (present.delete(PUBLISHED)) result.set(PUBLISHED, { colour: palette.black, dash: [5, 4] });
  [...present].forEach((source, i) => {
    result.set(source, { colour: sourceColours[i % sourceColours.length], dash: [1, 0] });
  });
  return result;
}
