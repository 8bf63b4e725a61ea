// @ts-check
/**
 * The environment of a process that shares the machine with others of its kind, one for each core: one thread, and
 * memory kept between steps in large pages (about 3 % of a training step; glibc reads it, others ignore it).
 */
export const SINGLE_THREAD = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  GLIBC_TUNABLES: [
    'glibc.malloc.hugetlb=1',
    'glibc.malloc.trim_threshold=4000000000',
    'glibc.malloc.mmap_threshold=4000000000',
    'glibc.malloc.top_pad=67108864',
  ].join(':'),
};
