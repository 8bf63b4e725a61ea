/**
 * Ctrl-C and the notebook's Interrupt button as a polite request: a long computation asks whether it should stop,
 * stops at a point where everything is whole, and returns what it has so far.
 */

/** What a computation under `withInterruption` looks at between two steps. */
export interface Interruption {
  /** True once the person has asked to stop. It can only change while the computation gives way (see `check`). */
  readonly requested: boolean;
  /**
   * Gives way to the event loop when the last time was over 100 ms ago, so that the signal and the notebook's
   * messages are heard, and answers `requested`. Cheap enough to be awaited after every training step.
   */
  check(): Promise<boolean>;
}

type Listener = NodeJS.SignalsListener;

/** Signals closer together than this are one wish: a double click, or Ctrl-C passed on once more by npm. */
const SAME_WISH_MS = 500;
const GIVE_WAY_MS = 100;

const nextMacrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Session implements Interruption {
  requested = false;
  users = 0;
  private lastTurn = performance.now();
  private requestedAt = 0;
  private readonly earlier: Listener[];

  constructor() {
    // The listeners from before would give the computation up: tslab's fails the cell, which loses its variables, while
    // the computation goes on behind it.
    this.earlier = process.rawListeners('SIGINT') as Listener[];
    for (const listener of this.earlier) process.off('SIGINT', listener);
    process.on('SIGINT', this.onSignal);
  }

  async check(): Promise<boolean> {
    if (performance.now() - this.lastTurn > GIVE_WAY_MS) {
      await nextMacrotask();
      this.lastTurn = performance.now();
    }
    return this.requested;
  }

  close(): void {
    process.off('SIGINT', this.onSignal);
    for (const listener of this.earlier) process.on('SIGINT', listener);
  }

  private readonly onSignal = (): void => {
    const now = performance.now();
    if (!this.requested) {
      this.requested = true;
      this.requestedAt = now;
      if (process.stderr.isTTY) process.stderr.write('\nStopping after this step; Ctrl-C again quits at once.\n');
    } else if (now - this.requestedAt > SAME_WISH_MS) {
      // Asked again: whoever was in charge before decides; with nobody there the signal ends the process.
      process.off('SIGINT', this.onSignal);
      for (const listener of this.earlier.splice(0)) process.on('SIGINT', listener);
      process.kill(process.pid, 'SIGINT');
    }
  };
}

let current: Session | undefined;

/**
 * Runs `work` so that Ctrl-C or the notebook's Interrupt sets `interruption.requested` instead of ending anything; a
 * second one, at least half a second later, has its usual effect. A use inside another shares its request, so that
 * one signal stops the whole nest.
 *
 * @param work the computation; it should `await interruption.check()` at least every 200 ms and return early on true.
 * @returns what `work` returns; its errors pass through, and the former listeners are back in every case.
 */
export async function withInterruption<T>(work: (interruption: Interruption) => Promise<T> | T): Promise<T> {
  // While the synchronous part of a notebook cell runs, Node itself holds the cell's signal listeners back and puts
  // them back at its end; only after that is there something to take off.
  await nextMacrotask();
  current ??= new Session();
  const session = current;
  session.users++;
  try {
    return await work(session);
  } finally {
    session.users--;
    if (session.users === 0) {
      session.close();
      current = undefined;
    }
  }
}
