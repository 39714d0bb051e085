import { chromium } from 'playwright-core';

/** Where Debian installs Chromium; PROCTREE_CHROMIUM names another one. */
export const EXECUTABLE = process.env.PROCTREE_CHROMIUM ?? '/usr/bin/chromium';

/** Chromium without a window, and without calls home. */
export function launch() {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
}
