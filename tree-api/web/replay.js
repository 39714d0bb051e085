import { streamURL } from './api.js';

/** The server closes with this code after the last table (RFC 6455, section 7.4.1). */
const NORMAL = 1000;

/** Plays the recording: the stream from a moment on, so many seconds in one. It does not connect again. */
export class Replay {
  /** @type {WebSocket|undefined} */
  #socket;
  #on;

  /** @param {{onMessage: (message: any) => void, onEnd: (reason: string|undefined) => void}} on The reason is undefined at the end of the recording. */
  constructor(on) {
    this.#on = on;
  }

  /** @param {number} from In Unix seconds. @param {number} speed */
  open(from, speed) {
    this.close();
    const url = streamURL(1);
    url.searchParams.set('from', from.toFixed(3));
    url.searchParams.set('speed', String(speed));
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener('message', (event) => { if (this.#socket === socket) this.#on.onMessage(JSON.parse(event.data)); });
    socket.addEventListener('close', (event) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#on.onEnd(event.code === NORMAL ? undefined : event.reason || 'The recording could not be played from here.');
    });
  }

  close() {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
