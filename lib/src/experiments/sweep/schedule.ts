/** Which runs share a process, which job goes first, and how long a sweep takes. */

/** What the schedule needs to know of a job. */
export interface Work {
  id: string;
  /** Jobs that must be finished before it begins. */
  needs: string[];
  seconds: number;
}

/** Shares of a process's time for starting and compiling, and of the whole sweep for one process. */
const MOST_OVERHEAD = 0.1;
const SHARES_PER_CORE = 6;
const LONGEST_SECONDS = 600;

/** The length of a process's runs, in seconds: long enough that starting is small, short enough that all cores end together. */
export function chunkSeconds({ total, cores, start }: { total: number; cores: number; start: number }): number {
  const fair = Math.min(total / (cores * SHARES_PER_CORE), LONGEST_SECONDS);
  return Math.max(fair, start / MOST_OVERHEAD);
}

/** Runs in groups of about `length` seconds, the longest runs first. */
export function chunksOf<Run extends { seconds: number }>(runs: Run[], length: number): Run[][] {
  const chunks: Run[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const run of [...runs].sort((a, b) => b.seconds - a.seconds)) {
    if (filled + run.seconds / 2 > length) {
      chunks.push([]);
      filled = 0;
    }
    chunks[chunks.length - 1].push(run);
    filled += run.seconds;
  }
  return chunks;
}

/** By job: the seconds from its beginning to the end of the longest line of jobs that waits for it. Larger goes first. */
export function urgency(jobs: Work[]): Map<string, number> {
  const waiting = new Map<string, Work[]>();
  for (const job of jobs) for (const need of job.needs) waiting.set(need, [...(waiting.get(need) ?? []), job]);
  const urgent = new Map<string, number>();
  const visit = (job: Work): number => {
    const known = urgent.get(job.id);
    if (known !== undefined) return known;
    const seconds = job.seconds + Math.max(0, ...(waiting.get(job.id) ?? []).map(visit));
    urgent.set(job.id, seconds);
    return seconds;
  };
  for (const job of jobs) visit(job);
  return urgent;
}

/** Seconds until all jobs, none of which waits for itself, are done on so many cores: each free core takes the most urgent job that can begin. */
export function makespan(jobs: Work[], cores: number): number {
  const urgent = urgency(jobs);
  const known = new Set(jobs.map(({ id }) => id));
  let waiting = [...jobs].sort((a, b) => (urgent.get(b.id) as number) - (urgent.get(a.id) as number));
  const running: { id: string; end: number }[] = [];
  const done = new Set<string>();
  let now = 0;
  while (waiting.length + running.length > 0) {
    const ready = waiting.filter(({ needs }) => needs.every((need) => done.has(need) || !known.has(need)));
    const begin = ready.slice(0, cores - running.length);
    waiting = waiting.filter((job) => !begin.includes(job));
    for (const { id, seconds } of begin) running.push({ id, end: now + seconds });
    running.sort((a, b) => a.end - b.end);
    const next = running.shift() as { id: string; end: number };
    now = next.end;
    done.add(next.id);
  }
  return now;
}
