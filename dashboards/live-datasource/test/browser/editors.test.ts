import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type Browser, type Page, chromium } from 'playwright-core';
import { serveHost } from '../../../plugin-tools/host/server.mjs';

/** SCREENSHOTS=FOLDER keeps pictures of the editors. */
const pictures = process.env.SCREENSHOTS;

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.PROCTREE_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
});
after(() => browser.close());

/** Loads the built bundle in a page that stands for Grafana. */
async function open(grafana: '12.3' | '13.2', use: (page: Page) => Promise<void>): Promise<void> {
  const host = await serveHost(grafana, { live: 'dist' });
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  try {
    await page.goto(host.url);
    await page.evaluate(() => window.host.load('/plugins/live/module.js'));
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await page.close();
    await host.close();
  }
}

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}

const edited = (page: Page) => page.evaluate(() => window.host.edited);

for (const grafana of ['12.3', '13.2'] as const) {
  test(`the configuration is edited in Grafana ${grafana}`, () => open(grafana, async (page) => {
    await page.evaluate(() => window.host.edit({ editor: 'ConfigEditor', value: { jsonData: {}, secureJsonFields: { exporterToken: true } } }));
    await page.locator('#prometheus-url').fill('http://prometheus:9090');
    assert.deepEqual((await edited(page))?.jsonData, { prometheusUrl: 'http://prometheus:9090' });
    await page.locator('#page-url').fill('https://{instance}/');
    assert.equal((await edited(page))?.jsonData.pageUrl, 'https://{instance}/');
    await page.locator('#page-url').fill('');
    assert.deepEqual((await edited(page))?.jsonData, { prometheusUrl: 'http://prometheus:9090' });
    await page.getByRole('radio', { name: 'Admins', exact: true }).check({ force: true });
    assert.equal((await edited(page))?.jsonData.commandLines, 'Admin');
    assert.equal(await page.locator('#exporterToken').inputValue(), 'configured', 'a secret does not come back');
    await page.locator('#exporterPassword').fill('s3cret');
    assert.deepEqual((await edited(page))?.secureJsonData, { exporterPassword: 's3cret' });
    await picture(page, `config-${grafana}`);
    await page.getByRole('radio', { name: 'List', exact: true }).check({ force: true });
    await page.locator('#targets').fill(' web1=http://10.0.0.1:10056\n\nweb2:10056 ');
    await page.locator('#targets').blur();
    assert.deepEqual((await edited(page))?.jsonData.targets, ['web1=http://10.0.0.1:10056', 'web2:10056']);
    await picture(page, `config-list-${grafana}`);
  }));

  test(`a query is edited in Grafana ${grafana}`, () => open(grafana, async (page) => {
    await page.evaluate(() => window.host.edit({
      editor: 'QueryEditor',
      value: { refId: 'A', queryType: 'tree', instance: '$instance', stream: true },
      choices: { instances: ['web1:10056', 'web2:10056'], groups: ['nginx', 'postgres'] },
    }));
    await page.locator('#live-A-match').fill('nginx');
    await page.locator('#live-A-match').blur();
    await page.locator('#live-A-group').click();
    await page.getByRole('option', { name: 'postgres' }).click();
    await page.locator('#live-A-min-cpu').fill('0.5');
    await page.locator('#live-A-min-cpu').blur();
    assert.deepEqual(await edited(page), {
      refId: 'A', queryType: 'tree', instance: '$instance', stream: true, match: 'nginx', group: 'postgres', minCpu: 0.5,
    });
    await picture(page, `query-${grafana}`);
    await page.locator('#live-A-host').fill('web');
    await page.getByRole('option', { name: 'web2:10056' }).click();
    assert.equal((await edited(page))?.instance, 'web2:10056');
    await page.getByRole('radio', { name: 'Top', exact: true }).check({ force: true });
    assert.equal((await edited(page))?.queryType, 'top');
    await picture(page, `query-top-${grafana}`);
    await page.getByRole('radio', { name: 'Host', exact: true }).check({ force: true });
    await page.locator('#live-A-metric').click();
    await page.getByRole('option', { name: 'Memory available' }).click();
    assert.equal((await edited(page))?.metric, 'memory_available');
  }));

  test(`a query about the time range is edited in Grafana ${grafana}`, () => open(grafana, async (page) => {
    await page.evaluate(() => window.host.edit({
      editor: 'QueryEditor', value: { refId: 'A', queryType: 'tree', instance: '$instance' }, choices: { instances: [], groups: ['nginx'] },
    }));
    const show = (name: string) => page.getByRole('radio', { name, exact: true }).check({ force: true });
    const choose = async (field: string, option: string) => {
      await page.locator(`#live-A-${field}`).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    await show('Process');
    await page.locator('#live-A-process').fill('4711-981234');
    await page.locator('#live-A-process').blur();
    await choose('course-metric', 'Memory');
    await picture(page, `query-process-${grafana}`);
    let query = await edited(page);
    assert.deepEqual([query?.queryType, query?.process, query?.metric], ['process', '4711-981234', 'memory']);
    await show('Used');
    await choose('resource', 'Written');
    await choose('group-by', 'User');
    await picture(page, `query-used-${grafana}`);
    query = await edited(page);
    assert.deepEqual([query?.queryType, query?.sort, query?.groupBy, query?.metric], ['used', 'written', 'user', undefined]);
    await show('Events');
    await choose('kind', 'oom_kill');
    await choose('status', 'abnormal');
    await picture(page, `query-events-${grafana}`);
    query = await edited(page);
    assert.deepEqual([query?.queryType, query?.kind, query?.status], ['events', ['oom_kill'], ['abnormal']]);
    await show('Report');
    await choose('section', 'Crashed');
    await picture(page, `query-report-${grafana}`);
    query = await edited(page);
    assert.deepEqual([query?.queryType, query?.section], ['report', 'crashed']);
  }));

  test(`a variable is edited in Grafana ${grafana}`, () => open(grafana, async (page) => {
    await page.evaluate(() => window.host.edit({ editor: 'VariableEditor', value: { refId: 'A' } }));
    await page.getByRole('radio', { name: 'Groups', exact: true }).check({ force: true });
    await page.locator('#live-variable-host').fill('$host');
    await page.locator('#live-variable-host').blur();
    assert.deepEqual(await edited(page), { refId: 'A', queryType: 'groups', instance: '$host' });
    await picture(page, `variable-${grafana}`);
  }));
}
