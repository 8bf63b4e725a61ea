import type { Exercises } from '../exercise';
import { W0 } from './w0';
import { W1 } from './w1';
import { W2 } from './w2';
import { W3 } from './w3';
import { W4 } from './w4';
import { W5 } from './w5';
import { W6 } from './w6';
import { W7 } from './w7';

/** All exercises, in the order of the workshop. */
export const EXERCISES: Exercises = { ...W0, ...W1, ...W2, ...W3, ...W4, ...W5, ...W6, ...W7 };
