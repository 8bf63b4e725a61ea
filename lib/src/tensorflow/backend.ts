/**
 * The one door to native TensorFlow: everything in the library takes `tf` from here, so that the settings below
 * are in force before the native library is loaded.
 */
import { threadLimit } from './usableCores';

// XLA is switched on for compiled graphs (compile.ts decides graph by graph); TensorFlow reads these once, while loading.
process.env.TF_XLA_FLAGS ??= '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit';
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
// More threads than these would only wait for each other.
const limit = threadLimit();
if (limit !== undefined) process.env.TF_NUM_INTRAOP_THREADS ??= String(limit);

try {
  require('@tensorflow/tfjs-node');
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_DLOPEN_FAILED') throw error;
  const named = ['LD_LIBRARY_PATH', 'LD_PRELOAD'].filter((name) => process.env[name]).join(' and ');
  const remedy = named ? `libraries that ${named} names are in the way: unset it and try again` : 'run npm run setup';
  throw new Error(`TensorFlow's library does not load (${message}): ${remedy}.`);
}

// TypeScript keeps what stands above before the require that this becomes.
import * as tf from '@tensorflow/tfjs-node';

// What a notebook cell or console.log shows of a tensor: type, shape and values instead of its insides.
Object.defineProperty(tf.Tensor.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: tf.Tensor): string {
    const kind = `Tensor ${this.dtype} [${this.shape.join(', ')}]`;
    if (this.isDisposed) return `${kind}, disposed`;
    return `${kind}${this.toString().replace(/^Tensor/, '')}`;
  },
});

export { tf };
