// The arithmetic tasks and the randomness that draws them

export * from './tasks/entropies';
export * from './tasks/expressions';
export * from './tasks/modularArithmetic';
export * from './tasks/random';

// Images: shapes and textures from a seed, stimuli and photographs from files, segments and mean pooling

export * from './images/categories';
export * from './images/crop';
export * from './images/graphSegmentation';
export * from './images/imageFile';
export * from './images/imagenetFolder';
export * from './images/imageStream';
export * from './images/meanPoolFile';
export { meanPool, meanPoolLabels, type RgbImage } from './images/meanPooling';
export * from './images/runLength';
export * from './images/segmentFile';
export * from './images/shapes';
export * from './images/shapeTextureImages';
export * from './images/stimuli';
export * from './images/stimulusShapes';
export { TEXTURES } from './images/textures';
export * from './images/views';

// Files that are whole or not there, and the store of finished runs

export * from './files/csv';
export * from './files/json';
export * from './runs/project';
export * from './runs/publishedSchemas';
export * from './runs/resultsTable';
export * from './runs/runStore';
export * from './runs/tableSchema';
export * from './tensorflow/hostTensor';
export * from './tensorflow/safetensors';

// Subnetworks: binary masks over weights

export * from './masking/sampling';
export * from './masking/subnetwork';
export * from './masking/subnetworkFile';

// What a notebook shows: charts, tables, progress

export * from './notebook/chart';
export { conditionLabel } from './notebook/charts/conditions';
export * from './notebook/charts/dataEfficiency';
export * from './notebook/charts/dataEfficiencyFacets';
export * from './notebook/charts/differences';
export * from './notebook/charts/leadsByDepth';
export * from './notebook/charts/learningCurves';
export * from './notebook/charts/samplesByDepth';
export * from './notebook/charts/targets';
export * from './notebook/charts/transferLoss';
export * from './notebook/dataFrame';
export * from './notebook/finished';
export * from './notebook/imagePreset';
export * from './notebook/observers/notebookObserver';
export * from './notebook/observers/runsObserver';
export * from './notebook/points/dataEfficiency';
export * from './notebook/points/depths';
export * from './notebook/points/details';
export * from './notebook/points/differences';
export * from './notebook/points/frozen';
export * from './notebook/points/leads';
export * from './notebook/points/nearerSampler';
export * from './notebook/points/pairs';
export * from './notebook/points/questions';
export * from './notebook/points/restsOn';
export * from './notebook/points/samplesNeeded';
export * from './notebook/points/spread';
export * from './notebook/points/targets';
export * from './notebook/preset';
export * from './notebook/progress';
export * from './notebook/say';
export * from './notebook/showOf';
export * from './notebook/table';
export * from './notebook/words';

// Native TensorFlow, and what tfjs lacks

export { tf } from './tensorflow/backend';
export * from './tensorflow/compile';
export * from './tensorflow/device';
export * from './tensorflow/dropout';
export * from './tensorflow/ops';
export * from './tensorflow/optimizers';
export * from './tensorflow/schedules';
export * from './tensorflow/tidy';
export * from './tensorflow/usableCores';
export * from './tensorflow/variables';

// Models

export * from './models/gpt2';
export * from './models/gpt2File';
export * from './models/imageModel';
export * from './models/resnet';
export * from './models/resnetFile';
export * from './models/vit';
export * from './models/vitFile';

// Training, masking and transfer

export * from './masking/continuousSparsification';
export * from './masking/transfer';
export * from './training/batches';
export * from './training/fit';
export * from './training/imageBatches';
export * from './training/imageEvaluator';
export * from './training/imageMaskTrainer';
export * from './training/imageTrainer';
export * from './training/interruption';
export * from './training/languageModelEvaluator';
export * from './training/languageModelTrainer';
export * from './training/maskTrainer';

// The experiments

export * from './experiments';
export * from './experiments/sweep';
export * from './runs/experiment';
export * from './runs/observer';
export { type Made, Runner, type Stage, type Training, type Workshop } from './runs/stage';

// Statistics of results

export * from './stats/combinedIntervals';
export * from './stats/commonDepths';
export * from './stats/dataEfficiency';
export * from './stats/decisions';
export * from './stats/intervals';
export * from './stats/nearerCurve';
export * from './stats/pairedCurves';
export * from './stats/runSpread';
export * from './stats/shapeBias';
export { shapeBias } from './stats/shapeBias';
