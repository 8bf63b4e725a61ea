export * from './codeLength';
export * from './combinedIntervals';
export * from './commonDepths';
export * from './dataEfficiency';
export * from './decisions';
export * from './intervals';
export * from './pairedCurves';
export * from './shapeBias';
