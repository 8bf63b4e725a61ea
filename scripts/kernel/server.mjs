// @ts-check
/** tslab's kernel server, mended where a class would stumble. */
import { createRequire } from 'node:module';
import { runInCell } from './cell.mjs';
import { signatureAt } from './signature.mjs';

const require = createRequire(import.meta.url);
/** @type {any} */
const { JupyterHandlerImpl, ZmqServer } = require('tslab/dist/jupyter');

const NOT_RUN = 'Not run, because a cell before it failed.\n';

export class Handler extends JupyterHandlerImpl {
  /**
   * @param {any} request
   * @param {(name: string, text: string) => void} writeStream
   * @param {any} writeDisplayData
   */
  async handleExecute(request, writeStream, writeDisplayData) {
    const reply = await super.handleExecute(request, writeStream, writeDisplayData);
    if (reply.status !== 'abort') return reply;
    writeStream('stderr', NOT_RUN);
    return { ...reply, status: 'aborted' }; // the protocol's word
  }

  /**
   * @param {any} request
   * @param {(name: string, text: string) => void} writeStream
   * @param {any} writeDisplayData
   */
  handleExecuteImpl(request, writeStream, writeDisplayData) {
    return runInCell({ write: (text) => writeStream('stderr', text) }, () =>
      super.handleExecuteImpl(request, writeStream, writeDisplayData),
    );
  }

  /**
   * Between the parentheses of a call, what is called is shown.
   * @param {{code: string, cursor_pos: number}} request
   */
  handleInspect(request) {
    const there = super.handleInspect(request);
    if (there.found) return there;
    const position = signatureAt(request.code, request.cursor_pos);
    return position === undefined ? there : super.handleInspect({ ...request, cursor_pos: position });
  }
}

export class Server extends ZmqServer {
  /** Requests to run a cell that are not answered yet. */
  #cells = new Set();
  #bound;

  /**
   * @param {Handler} handler
   * @param {string} connectionFile
   * @param {Awaited<ReturnType<import('./sockets.mjs').boundSockets>>} bound
   */
  constructor(handler, connectionFile, bound) {
    super(handler, connectionFile);
    this.#bound = bound;
  }

  /**
   * Two sockets are bound already; they take the place of tslab's.
   * @param {unknown} socket
   * @param {number} port
   */
  async bindSocket(socket, port) {
    const { shell, iopub, unheard } = this.#bound;
    if (socket === this.iopub) this.iopub = iopub;
    else if (socket === this.shell) {
      for (const parts of unheard) this.handleShellMessage(shell, ...parts);
      this.#hear();
    } else await super.bindSocket(socket, port);
  }

  async #hear() {
    const { shell } = this.#bound;
    for await (const parts of shell) this.handleShellMessage(shell, ...parts);
  }

  /**
   * Busy while any cell is: tslab says "idle" after every request, though others wait or run.
   * @param {string} status
   * @param {any} parent
   */
  publishStatus(status, parent) {
    super.publishStatus(status, parent);
    if (parent.header.msg_type !== 'execute_request') this.#stayBusy(status);
    else if (status === 'busy') {
      this.#cells.add(parent);
      const identity = parent.identity.map((/** @type {Buffer} */ part) => part.toString('base64'));
      process.send?.({ began: { identity, header: parent.header } });
    } else {
      this.#cells.delete(parent);
      process.send?.({ ended: parent.header.msg_id });
      this.#stayBusy(status);
    }
  }

  /** @param {string} status */
  #stayBusy(status) {
    const [next] = this.#cells;
    if (status === 'idle' && next) super.publishStatus('busy', next);
  }
}
