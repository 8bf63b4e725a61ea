// @ts-check
/** Answers, in the place of a process that was ended, what it was asked to run. */
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** @typedef {{identity: string[], header: {msg_id: string, session: string, username: string}}} OpenRequest a request to run a cell; its identity in base64 */

const RESTARTED =
  'Interrupted: this cell could not be stopped, so the kernel was restarted. Finished runs are safe; run the cells above again.\n';
const LOST = 'Not run, because the kernel was restarted.\n';

const DELIMITER = '<IDS|MSG>';

/** Until Jupyter listens again to an address where nobody was for a moment. */
const RECONNECT_MS = 500;

/**
 * @param {string} connectionFile Jupyter's
 * @param {OpenRequest[]} requests the first was running
 */
export async function answer(connectionFile, requests) {
  const { default: zeromq } = await import('zeromq');
  const connection = JSON.parse(readFileSync(connectionFile, 'utf8'));
  const [iopub, shell] = [new zeromq.Publisher(), new zeromq.Router()];
  const address = (/** @type {number} */ port) => `${connection.transport}://${connection.ip}:${port}`;
  await Promise.all([iopub.bind(address(connection.iopub_port)), shell.bind(address(connection.shell_port))]);
  await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  const send = (
    /** @type {any} */ socket,
    /** @type {OpenRequest} */ to,
    /** @type {string} */ type,
    /** @type {object} */ content,
  ) => socket.send(frames(connection.key, to, type, content));
  /**
   * @param {OpenRequest} request
   * @param {string} text
   */
  const say = async (request, text) => {
    await send(iopub, request, 'stream', { name: 'stderr', text });
    await send(iopub, request, 'status', { execution_state: 'idle' });
  };
  /**
   * @param {OpenRequest} request
   * @param {string} status
   * @param {string} text
   */
  const reply = (request, status, text) =>
    send(shell, request, 'execute_reply', { status, ename: 'Interrupted', evalue: text, traceback: [] });
  const lost = async (/** @type {OpenRequest} */ request) => {
    await say(request, LOST);
    await reply(request, 'aborted', LOST);
  };
  const [running, ...waiting] = requests;
  for (const request of waiting) await lost(request);
  // What was sent meanwhile is read here, and so must be answered here.
  shell.receiveTimeout = 0;
  for (let parts = await received(shell); parts; parts = await received(shell)) {
    const request = requestOf(parts);
    if (request) await lost(request);
  }
  if (running) {
    await say(running, RESTARTED);
    // Cells that are lost unread no longer count as running.
    await send(iopub, running, 'status', { execution_state: 'restarting' });
    // Last, since a front end sends its next cell as soon as it has this.
    await reply(running, 'error', RESTARTED);
  }
  // Closed, a socket first sends what it holds.
  shell.close();
  iopub.close();
}

/**
 * @param {any} socket
 * @returns {Promise<Buffer[] | undefined>}
 */
async function received(socket) {
  try {
    return await socket.receive();
  } catch {
    return undefined; // nothing is there
  }
}

/**
 * The request to run a cell that a message is, if it is one.
 * @param {Buffer[]} parts
 * @returns {OpenRequest | undefined}
 */
function requestOf(parts) {
  const at = parts.findIndex((part) => part.equals(Buffer.from(DELIMITER)));
  const header = JSON.parse(parts[at + 2].toString());
  if (header.msg_type !== 'execute_request') return undefined;
  return { identity: parts.slice(0, at).map((part) => part.toString('base64')), header };
}

/**
 * A message as it travels.
 *
 * @param {string} key
 * @param {OpenRequest} request
 * @param {string} type
 * @param {object} content
 */
function frames(key, { identity, header }, type, content) {
  const { session, username } = header;
  const date = new Date().toISOString();
  const own = { version: '5.3', date, session, username, msg_type: type, msg_id: randomUUID() };
  const parts = [own, header, {}, content].map((part) => JSON.stringify(part));
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return [...identity.map((part) => Buffer.from(part, 'base64')), DELIMITER, hmac.digest('hex'), ...parts];
}
