export * from './batches';
export * from './fit';
export * from './imageBatches';
export * from './imageClassifier';
export * from './interruption';
export * from './languageModel';
export * from './maskTrainer';
export * from './trainer';
