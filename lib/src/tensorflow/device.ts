import { cpus } from 'node:os';
import { nativeBackend } from './native';
import { usableCores, usableMemory } from './usableCores';

/** What the computations of this process run on. */
export interface Device {
  kind: 'CPU' | 'GPU';
  processor: string;
  /** Threads that one operation may use. */
  threads: number;
  memoryGb: number;
  /** Version of the native TensorFlow library. */
  tensorflow: string;
  /** Whether compile() may use XLA. */
  xla: boolean;
  /** Why it is this device, or what would change it; one sentence. */
  note: string;
}

/** A clear account of the device: loads TensorFlow if that has not happened yet. */
export function describeDevice(): Device {
  const { binding, isUsingGpuDevice } = nativeBackend();
  const limit = Number(process.env.TF_NUM_INTRAOP_THREADS) || undefined;
  const note = isUsingGpuDevice
    ? 'TensorFlow found a GPU and computes there.'
    : 'TensorFlow computes on the processor: it was set up without GPU support (npm run setup -- --gpu), or found no GPU.';
  return {
    kind: isUsingGpuDevice ? 'GPU' : 'CPU',
    processor: cpus()[0]?.model.trim() ?? process.arch,
    threads: limit ?? usableCores(),
    memoryGb: Math.round(usableMemory() / 2 ** 30),
    tensorflow: binding.TF_Version,
    xla: (process.env.TF_XLA_FLAGS ?? '').includes('tf_xla_auto_jit=2'),
    note,
  };
}
