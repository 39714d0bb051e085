import { RemoteStream } from './remote-stream.js';

export { scriptURL } from './remote-stream.js';

/**
 * The stream of the page. This module needs one other and runs before all else: the worker
 * takes as long to get ready as the page itself.
 */
export const stream = new RemoteStream(location.hash);
