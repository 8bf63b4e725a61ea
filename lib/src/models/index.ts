export * from './gpt2';
export * from './gpt2File';
export * from './imageModel';
export * as layers from './layers';
export * from './network';
export * from './resnet';
export * from './resnetFile';
export * from './vit';
export * from './vitFile';
