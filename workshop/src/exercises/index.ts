import type { Exercises } from '../exercise';
import { W3 } from './w3';

/** All exercises, in the order of the workshop. */
export const EXERCISES: Exercises = { ...W3 };
