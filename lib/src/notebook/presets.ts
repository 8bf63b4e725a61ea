export {
  imagePresetCaption as imageCaption,
  imagePresetNote as imageNote,
  imagePresetOf as images,
} from './imagePreset';
export {
  comparable,
  manyRunsPreset as manyRuns,
  type NotebookPreset,
  noComparison,
  presetCaption as caption,
  presetFromEnvironment as current,
  presetNote as note,
} from './preset';
