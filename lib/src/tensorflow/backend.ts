/**
 * The one door to native TensorFlow: everything in the library takes `tf` from here, so that the settings below
 * are in force before the native library is loaded.
 */
// XLA is switched on for compiled graphs (compile.ts decides graph by graph); TensorFlow reads these once, while loading.
process.env.TF_XLA_FLAGS ??= '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit';
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

// TypeScript keeps the assignments above the require that this becomes.
import * as tf from '@tensorflow/tfjs-node';

export { tf };
