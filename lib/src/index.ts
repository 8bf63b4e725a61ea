// The arithmetic tasks and the randomness that draws them

export * from './tasks/entropies';
export * from './tasks/expressions';
export * from './tasks/modularArithmetic';
export * from './tasks/random';

// Files that are whole or not there, and the store of finished runs

export * from './files/csv';
export * from './files/json';
export * from './runs/runStore';
export * from './tensorflow/hostTensor';
export * from './tensorflow/safetensors';

// Subnetworks: binary masks over weights

export * from './masking/sampling';
export * from './masking/subnetwork';
export * from './masking/subnetworkFile';

// What a notebook shows: charts, tables, progress

export * from './notebook/chart';
export * from './notebook/charts/dataEfficiency';
export * from './notebook/charts/differences';
export * from './notebook/charts/learningCurves';
export * from './notebook/charts/maskTraining';
export * from './notebook/charts/subnetworkMap';
export * from './notebook/charts/subnetworkParts';
export * from './notebook/dataFrame';
export * from './notebook/progress';
export * from './notebook/table';
