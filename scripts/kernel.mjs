// @ts-check
/**
 * The Jupyter kernel: tslab, with sockets that never refuse a message. zeromq hands every 513th message to the event loop
 * and throws at whatever is sent before that has turned, so that a cell with two outputs close together would lose them,
 * its error and the news that it has ended. With a timeout of zero each message is queued at once.
 */
import { createRequire } from 'node:module';

/** @typedef {{sendTimeout: number, sendHighWaterMark: number}} Socket */

const require = createRequire(import.meta.url);
const { prototype } = require('tslab/dist/jupyter').ZmqServer;
const bindSocket = prototype.bindSocket;
/**
 * @param {Socket} socket
 * @param {number} port
 */
prototype.bindSocket = function (socket, port) {
  socket.sendTimeout = 0;
  // No bound: beyond the default of 1,000 messages, outputs would be thrown away while the reader is busy.
  socket.sendHighWaterMark = 0;
  return bindSocket.call(this, socket, port);
};

require('tslab/dist/main').main();
