/**
 * The dashboards, the panel and the data source in a real Grafana, with the real exporter,
 * Prometheus and Alertmanager: `make test-grafana GRAFANA_HOME=folder`.
 */
import { after, before, describe } from 'node:test';
import type { Browser } from 'playwright-core';
import { testAlerting } from './alerting.ts';
import { testBoards } from './boards.ts';
import { testCulprit } from './culprit.ts';
import { testDrawn } from './drawn.ts';
import { testEditors } from './editors.ts';
import { testHost } from './host.ts';
import { testPast } from './past.ts';
import type { Scene } from './scene.ts';
import { type Stack, startStack } from './stack.ts';
import { testTasks } from './tasks.ts';
import { launch } from './visit.ts';

const home = process.env.GRAFANA_HOME;
const skip = home ? false : 'NOT TESTED in a real Grafana: set GRAFANA_HOME to the folder of one (12.3 or newer)';
const LONGEST_MILLISECONDS = 2_400_000;

describe('in a real Grafana', { skip, timeout: LONGEST_MILLISECONDS }, () => {
  const open = {} as { stack: Stack; browser: Browser; scene?: Scene };
  before(async () => {
    open.stack = await startStack(home!);
    open.browser = await launch();
  });
  after(async () => {
    await open.browser?.close();
    await open.stack?.stop();
  });
  testEditors(open);
  testAlerting(open);
  testDrawn(open);
  testBoards(open);
  testTasks(open);
  testHost(open);
  testPast(open);
  testCulprit(open);
});
