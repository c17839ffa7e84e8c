// The pages of `synfin report` as a reader uses them. Called by run.sh with the folder that has them.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const pages = process.argv[2];
const shots = path.dirname(pages);
let passed = 0, failed = 0;

const check = (what, condition, detail = '') => {
    if (condition) { passed++; return; }
    failed++;
    console.log(`report: failed: ${what} ${detail}`);
};

const url = name => pathToFileURL(path.join(pages, name)).href;
const rows = name => fs.readFileSync(path.join(pages, name), 'utf8').trim().split('\n').map(line => JSON.parse(line));

// A page whose errors and requests are kept.
const open = async (browser, name, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options });
    const page = await context.newPage();
    const seen = { errors: [], requests: [] };
    page.on('console', message => message.type() === 'error' && seen.errors.push(message.text()));
    page.on('pageerror', error => seen.errors.push(String(error)));
    page.on('dialog', dialog => { seen.errors.push('a dialog'); dialog.dismiss(); });
    page.on('request', request => request.url() !== url(name) && seen.requests.push(request.url()));
    const began = Date.now();
    await page.goto(url(name));
    return { page, context, seen, took: Date.now() - began };
};

const clean = (name, seen) => {
    check(`${name}: no errors in the console`, seen.errors.length === 0, seen.errors.join('; '));
    check(`${name}: no request leaves the page`, seen.requests.length === 0, seen.requests.join('; '));
};

const shown = page => page.$$eval('#list tbody tr', list => list.filter(row => !row.hidden).length);
const column = (page, at) => page.$$eval('#list tbody tr',
    (list, n) => list.map(row => Number(row.cells[n].dataset.v ?? row.cells[n].textContent)), at);
const overflow = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// What a reader sees of one connection.
const testOne = async browser => {
    const { page, context, seen } = await open(browser, 'one.html');
    check('one: a title', (await page.title()).includes('final_ack_lost.pcap'));
    check('one: the language', await page.evaluate(() => document.documentElement.lang) === 'en');
    check('one: one connection in detail', await page.locator('section.flow').count() === 1);
    const text = await page.locator('section.flow').innerText();
    for (const word of ['FINAL_ACK_LOST', 'How sure', 'Where the time went', 'until something was sent again',
        'sequence number', 'handshake, third segment', 'CLOSED → SYN_SENT → ESTABLISHED → FIN_WAIT_1 → FIN_WAIT_2? → TIME_WAIT'])
        check(`one: has '${word}'`, text.includes(word));
    const drawn = await page.locator('section.flow svg').first().textContent();
    check('one: the ladder has every packet', [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13].every(n => drawn.includes(`#${n} ·`)));
    check('one: the state diagram is used, not copied', await page.locator('section.flow use[href="#states"]').count() === 1);
    check('one: the diagram is defined once', await page.locator('symbol#states').count() === 1);
    // The path goes through five transitions of the client and five of the server.
    check('one: both paths are traced', await page.locator('section.flow line.pc').count() === 5 &&
        await page.locator('section.flow line.ps').count() === 5);
    check('one: every drawing says what it is', await page.$$eval('svg.draw', list => list.every(svg => svg.getAttribute('aria-label'))));
    check('one: headings of tables have a scope', await page.$$eval('th', list => list.every(th => th.scope)));
    check('one: eight questions or more', await page.locator('#questions h3').count() >= 8);
    check('one: nothing overflows', await overflow(page) <= 0);
    await page.screenshot({ path: path.join(shots, 'one-light.png'), fullPage: true });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: path.join(shots, 'one-dark.png'), fullPage: true });
    clean('one', seen);
    await context.close();
};

// The same in Chinese: nothing English is left but names, and characters have a font.
const testChinese = async browser => {
    const { page, context, seen } = await open(browser, 'zh.html', { viewport: { width: 375, height: 800 } });
    check('zh: the language', await page.evaluate(() => document.documentElement.lang) === 'zh-CN');
    const text = await page.locator('main').innerText();
    for (const word of ['握手完成', '四次挥手', '第三次握手', '可信程度', '时间花在哪里', '确认号', '为什么三次握手'])
        check(`zh: has '${word}'`, text.includes(word));
    check('zh: no English sentences', !/\b(the|is|was|of|and)\b/.test(text), text.match(/.*\b(?:the|is|was|of|and)\b.*/)?.[0]);
    check('zh: nothing overflows at 375 px', await overflow(page) <= 0);
    await page.screenshot({ path: path.join(shots, 'zh-375.png'), fullPage: true });
    clean('zh', seen);
    await context.close();
};

// Contrast of text against the page, WCAG 2.
const testContrast = async browser => {
    for (const colorScheme of ['light', 'dark']) {
        const { page, context } = await open(browser, 'one.html', { colorScheme });
        const worst = await page.evaluate(() => {
            const channels = color => color.match(/[\d.]+/g).slice(0, 3).map(Number);
            const light = color => channels(color).map(c => c / 255)
                .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            const behind = element => {
                for (let at = element; at; at = at.parentElement) {
                    const color = getComputedStyle(at).backgroundColor;
                    if (!/rgba\(.*, 0\)|transparent/.test(color)) return color;
                }
                return 'rgb(255, 255, 255)';
            };
            let least = 21, where = '';
            for (const element of document.querySelectorAll('p, th, td, h1, h2, h3, h4, li, .sev, svg.draw text')) {
                if (!element.textContent.trim()) continue;
                const style = getComputedStyle(element);
                const color = element instanceof SVGElement ? style.fill : style.color;
                const value = ratio(light(color), light(behind(element)));
                if (value < least) { least = value; where = element.outerHTML.slice(0, 80); }
            }
            return { least, where };
        });
        check(`${colorScheme}: contrast of 4.5 at least`, worst.least >= 4.5, `${worst.least.toFixed(2)} ${worst.where}`);
        check(`${colorScheme}: its background`, await page.evaluate(() => getComputedStyle(document.body).backgroundColor) ===
            (colorScheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)'));
        await context.close();
    }
};

// The table against what `flows --json` says of the same files.
const testTable = async browser => {
    const { page, context, seen } = await open(browser, 'all.html');
    const flows = rows('all.json');
    check('all: a row for each connection', await shown(page) === flows.length, `${await shown(page)} ${flows.length}`);
    const wanted = page.locator('#filter input[type=search]');
    await wanted.fill('TIME_WAIT_REUSED');
    check('all: the filter for a finding', await shown(page) === flows.filter(flow => flow.findings.some(found => found.code === 'TIME_WAIT_REUSED')).length);
    await wanted.fill('10.9.2.2:81  refused');
    check('all: the filter for two words', await shown(page) === flows.filter(flow =>
        flow.handshake === 'refused' && `${flow.server}:${flow.server_port}`.includes('10.9.2.2:81')).length);
    await wanted.fill('no such thing');
    check('all: the filter for nothing', await shown(page) === 0);
    await wanted.fill('');
    await page.locator('#filter input[type=checkbox]').check();
    const remarkable = flows.filter(flow => flow.findings.length > 0).length;
    check('all: with findings only', await shown(page) === remarkable);
    check('all: the count', (await page.locator('#count').innerText()) === `${remarkable} / ${flows.length}`);
    await page.locator('#filter input[type=checkbox]').uncheck();
    // Sorting, with the keyboard: the duration is column 7.
    const heading = page.locator('#list th').nth(7);
    await heading.locator('button').focus();
    await page.keyboard.press('Enter');
    const up = await column(page, 7);
    check('all: sorted upwards', up.every((value, i) => i === 0 || up[i - 1] <= value) && await heading.getAttribute('aria-sort') === 'ascending');
    await page.keyboard.press('Enter');
    const down = await column(page, 7);
    check('all: sorted downwards', down.every((value, i) => i === 0 || down[i - 1] >= value) && await heading.getAttribute('aria-sort') === 'descending');
    check('all: nothing is lost by sorting', down.length === flows.length);
    // Details: the worst first, then by id.
    const rank = flow => Math.max(-1, ...flow.findings.map(found => ['info', 'note', 'warning', 'error'].indexOf(found.severity)));
    const order = flows.slice().sort((a, b) => rank(b) - rank(a) || a.id - b.id).slice(0, 300).map(flow => `c${flow.id}`);
    const got = await page.$$eval('section.flow', list => list.map(section => section.id));
    check('all: details of the worst', JSON.stringify(order) === JSON.stringify(got.slice(0, 300)), `${order.slice(0, 5)} ${got.slice(0, 5)}`);
    await page.screenshot({ path: path.join(shots, 'all.png') });
    clean('all', seen);
    await context.close();
};

const testMany = async browser => {
    const { page, context, seen, took } = await open(browser, 'many.html');
    const flows = rows('many.json');
    const size = fs.statSync(path.join(pages, 'many.html')).size;
    check('many: at most 20 MB', size <= 20e6, String(size));
    check('many: a row for each connection', await shown(page) === flows.length);
    check('many: details for 300 at most', await page.locator('section.flow').count() === Math.min(300, flows.length));
    check('many: and the page says so', (await page.locator('#connections > p').first().innerText()).includes('300'));
    check('many: with the command', (await page.locator('#connections > p code').innerText()).includes('synfin ladder --only id=N'));
    const began = Date.now();
    await page.locator('#filter input[type=search]').fill('reset');
    await shown(page);
    console.log(`report: ${flows.length} connections, ${(size / 1e6).toFixed(1)} MB: opened in ${took} ms, filtered in ${Date.now() - began} ms`);
    clean('many', seen);
    await context.close();
};

const testNarrow = async browser => {
    for (const name of ['one.html', 'all.html']) {
        const { page, context } = await open(browser, name, { viewport: { width: 375, height: 800 } });
        check(`${name} at 375 px: nothing overflows`, await overflow(page) <= 0, String(await overflow(page)));
        const size = await page.evaluate(() => {
            const svg = document.querySelector('section.flow svg.draw');
            return 9.5 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        });
        check(`${name} at 375 px: text of drawings can be read`, size >= 8.5, String(size));
        await page.screenshot({ path: path.join(shots, `${path.parse(name).name}-375.png`) });
        await context.close();
    }
};

// A4 with margins of 15 mm: 180 mm are 680 px.
const testPrint = async browser => {
    const { page, context } = await open(browser, 'one.html', { viewport: { width: 680, height: 1000 } });
    await page.emulateMedia({ media: 'print' });
    check('print: nothing is cut', await overflow(page) <= 0, String(await overflow(page)));
    const cut = await page.$$eval('table, svg.draw, .scroll', list => list.filter(element => element.scrollWidth > element.clientWidth + 1 && element.tagName !== 'svg').length);
    check('print: no table is cut', cut === 0, String(cut));
    check('print: no controls', await page.locator('#filter').isHidden());
    const pdf = await page.pdf({ path: path.join(shots, 'one.pdf'), format: 'A4', preferCSSPageSize: true });
    check('print: a PDF', pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 20000);
    await context.close();
};

const testWithoutScript = async browser => {
    const { page, context } = await open(browser, 'all.html', { javaScriptEnabled: false });
    check('without script: the table is there', await page.locator('#list tbody tr').count() === rows('all.json').length);
    check('without script: no dead controls', await page.locator('#filter').isHidden() && await page.locator('#list th button').count() === 0);
    check('without script: details are there', await page.locator('section.flow').count() > 100);
    await context.close();
};

const testInjection = async browser => {
    const { page, context, seen } = await open(browser, 'evil.html');
    await page.waitForTimeout(200);
    check('injection: nothing runs', await page.evaluate(() => window.pwned) === undefined);
    check('injection: no image', await page.locator('img').count() === 0);
    check('injection: one script, the page\'s own', await page.locator('script').count() === 1);
    check('injection: the name is text', (await page.title()).includes('<img src=x onerror=window.pwned=1>"\'&.pcapng'));
    check('injection: the connection is there', (await page.locator('section.flow').innerText()).includes('HANDSHAKE_REFUSED'));
    const markdown = fs.readFileSync(path.join(pages, 'evil.md'), 'utf8');
    check('injection: no markup in Markdown', !/<img|<script/.test(markdown) && markdown.includes('&lt;img'));
    clean('injection', seen);
    await context.close();
};

(async () => {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
    for (const test of [testOne, testChinese, testContrast, testTable, testMany, testNarrow, testPrint, testWithoutScript, testInjection])
        try {
            await test(browser);
        } catch (error) {
            check(test.name, false, String(error).split('\n')[0]);
        }
    await browser.close();
    console.log(`report: ${passed} passed, ${failed} failed`);
    process.exit(failed === 0 ? 0 : 1);
})();
