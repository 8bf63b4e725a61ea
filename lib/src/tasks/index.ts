export * from './addition';
export * from './curves';
export * from './entropies';
export * from './expressions';
export * from './modularArithmetic';
export * from './random';
export * from './twoCues';
