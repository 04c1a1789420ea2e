import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTACKS, hostileReport } from './hostile-report.ts';
import { formOf, reportOf, textReportOf } from './report-forms.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const skips = !existsSync(CHROMIUM);
if (skips) process.stdout.write(`skipped: there is no browser at ${CHROMIUM} (Debian: apt-get install chromium)\n`);

describe.skipIf(skips)('the HTML report in a browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'inquest-html-'));

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page, and tells what it asked for and complained about. */
  async function open(
    html: string,
    options: BrowserContextOptions = {},
  ): Promise<{
    readonly page: Page;
    readonly requests: string[];
    readonly complaints: string[];
    readonly url: string;
  }> {
    const file = join(folder, 'report.html');
    writeFileSync(file, html);
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 }, ...options });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    return { page, requests, complaints, url };
  }

  it('shows the report without a script and without asking for anything else', async () => {
    const report = reportOf('blocked/go1.27/default', { full: true });
    const { page, requests, complaints, url } = await open(formOf(report, 'html'), { javaScriptEnabled: false });
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
    expect(await page.locator('h1').innerText()).toBe('panic: failure: blocked');
    expect(await page.locator('header .current').innerText()).toContain('119');
    expect(await page.locator('svg.flame rect').count()).toBeGreaterThan(50);
    // The sum of the groups is all goroutines but the one that died.
    const counts = await page.locator('details .count').allInnerTexts();
    expect(counts.map((text) => Number.parseInt(text, 10)).reduce((a, b) => a + b)).toBe(report.goroutineCount - 1);
    // Parts open without a script.
    const died = page.locator('details.died');
    await died.locator('summary').first().click();
    expect(await died.locator('table').first().isVisible()).toBe(true);
    await page.close();
  }, 60_000);

  it('draws who waits for whom, and lists what cannot go on', async () => {
    const { page, requests, complaints, url } = await open(
      formOf(reportOf('waits/go1.27/default/planted', { full: true }), 'html'),
      { javaScriptEnabled: false },
    );
    expect([requests, complaints]).toEqual([[url], []]);
    expect(await page.locator('svg.waits .stuck').count()).toBeGreaterThan(8);
    // Two goroutines and two locks in one cycle, one of each in the other: as many arrows, with tips.
    expect(await page.locator('svg.waits .arrow.cycle').count()).toBe(6);
    expect(await page.locator('svg.waits .tip.cycle').count()).toBe(6);
    expect(await page.locator('details.stuck').count()).toBe(11);
    const drawing = await page.locator('svg.waits').boundingBox();
    // As large as there is room for, and no larger: nothing has to be scrolled for.
    expect(drawing?.width).toBeGreaterThan(900);
    expect(await page.locator('.wide').evaluate((wide) => wide.scrollWidth - wide.clientWidth)).toBe(0);
    const lost = page.locator('details.stuck', { hasText: 'receive from results (chan string)' });
    await lost.locator('summary').click();
    expect(await lost.locator('pre').innerText()).toContain('no package variable, timer or goroutine that can go on');
    await page.close();
  }, 60_000);

  it('has its style: the policy lets it through, in the dark and on paper, and nothing is wider than the window', async () => {
    const html = formOf(reportOf('truth/go1.27/noopt', { full: true }), 'html');
    const backgrounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(html, { colorScheme });
      backgrounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.close();
    }
    expect(backgrounds).toEqual(['rgb(255, 255, 255)', 'rgb(20, 23, 26)']);
    const { page } = await open(html, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    // What is folded on the screen is on paper.
    const values = await page.locator('details.died table').first().boundingBox();
    expect(values?.height).toBeGreaterThan(50);
    await page.close();
  }, 60_000);

  it('shows all stacks of a crash text', async () => {
    const report = textReportOf('blocked/go1.27/default');
    const { page, requests, complaints, url } = await open(formOf(report, 'html'), { javaScriptEnabled: false });
    expect([requests, complaints]).toEqual([[url], []]);
    expect(await page.locator('h1').innerText()).toBe('panic: failure: blocked');
    expect(await page.locator('svg.flame rect').count()).toBeGreaterThan(50);
    const waiting = page.locator('details', { hasText: '[sync.Cond.Wait]' });
    await waiting.locator('summary').click();
    expect(await waiting.locator('pre').innerText()).toContain('sync.(*Cond).Wait');
    await page.close();
  }, 60_000);

  it('keeps what a program had in its memory text', async () => {
    const { page, requests, complaints, url } = await open(formOf(hostileReport(), 'html'));
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
    expect(await page.title()).toContain('panic: <script>');
    expect(await page.locator('script, img, iframe, svg:not(.flame, .waits)').count()).toBe(0);
    const text = await page.evaluate<string>('document.body.textContent');
    for (const attack of ATTACKS.slice(0, 7)) expect(text).toContain(attack);
    for (const control of ['\u202e', '\u0000', '\u001b']) expect(text).not.toContain(control);
    await page.close();
  }, 60_000);
});
