import type { Check } from './verdict';

/** An exercise; its text, stub, solution and wrong answers stand in notebooks/workshop/source. */
export interface Exercise {
  title: string;
  /** For participants who know some programming, and what a neural network is. */
  minutes: number;
  difficulty: 'easy' | 'medium' | 'hard';
  /** `core` is done by all, `extra` by those who are early. */
  importance: 'core' | 'extra';
  /** What to think of, which tool, nearly the line. */
  hints: [string, string, string];
  /** What must be kept before its pictures are shown: a guess, or a plan. */
  before?: 'predict' | 'keepPlan';
  check: Check;
}

/** The notebook of an exercise: of "W3.1" it is "W3". */
export const notebookOf = (id: string): string => id.split('.')[0];

/** The exercises of one notebook, by id ("W3.1"). */
export type Exercises = Record<string, Exercise>;
