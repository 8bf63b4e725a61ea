// @ts-check
/** tslab's kernel server, mended where a class would stumble. */
import { createRequire } from 'node:module';
import { runInCell } from './cell.mjs';
import { signatureAt } from './signature.mjs';

const require = createRequire(import.meta.url);
/** @type {any} */
const { JupyterHandlerImpl, ZmqServer } = require('tslab/dist/jupyter');

/** Until Jupyter listens again to the outputs of a process that has taken the place of another. */
const RECONNECT_MS = process.argv.includes('--restarted') ? 500 : 0;

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

  /**
   * Sockets that never refuse a message: zeromq hands every 513th message to the event loop and throws at whatever is sent
   * before that has turned, so that a cell with two outputs close together would lose them.
   *
   * And no cell is heard before its outputs are.
   *
   * @param {{sendTimeout: number, sendHighWaterMark: number}} socket
   * @param {number} port
   */
  async bindSocket(socket, port) {
    if (socket !== this.iopub) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    socket.sendTimeout = 0;
    // No bound: beyond the default of 1,000 messages, outputs would be thrown away while the reader is busy.
    socket.sendHighWaterMark = 0;
    return super.bindSocket(socket, port);
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
