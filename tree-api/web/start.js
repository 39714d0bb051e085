import { RemoteStream } from './remote-stream.js';
import { parseState } from './view-state.js';

/**
 * The stream of the page. This module needs few others and runs as soon as they are there:
 * the server makes its first message, the longest one, while the rest of the page comes.
 */
export const stream = new RemoteStream(parseState(location.hash).interval);
