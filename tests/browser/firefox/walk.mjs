// A walk through Review and a voting page in Firefox, by WebDriver BiDi; what was seen is one JSON
// object on standard output. Arguments: the browser, the server's address, the path of Review and
// that of a voting link, and how many ms anything may take.

import puppeteer from "puppeteer-core";

const [executablePath, origin, review, vote, patience] = process.argv.slice(2);
const PATIENCE_MS = Number(patience);
const problems = [];
const seen = {};
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  protocolTimeout: PATIENCE_MS,
  timeout: PATIENCE_MS,
  defaultViewport: { width: 1366, height: 768 },
});

async function open(path) {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(origin + path);
  return page;
}

const wait = (page, condition, ...values) => page.waitForFunction(condition, {}, ...values);
const waitSaved = (page, number) => page.waitForSelector(`.studio-review[data-saved="${number}"]`);
const readText = (page, selector) => page.$eval(selector, (element) => element.textContent);
const press = (page, text) =>
  page.locator(`::-p-xpath(//button[contains(., "${text}") and not(@disabled)])`).click();

async function pressControl(page, key) {
  await page.keyboard.down("Control");
  await page.keyboard.press(key);
  await page.keyboard.up("Control");
}

/** Drag across the middle of a pane, where the picture is whatever its shape. */
async function paint(page, pane) {
  const { x, y, width, height } = await (await page.$(`canvas[data-pane=${pane}]`)).boundingBox();
  await page.mouse.move(x + 0.3 * width, y + 0.5 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.7 * width, y + 0.5 * height, { steps: 12 });
  await page.mouse.up();
}

async function label() {
  const page = await open(review);
  await page.waitForSelector(".studio-review[data-ready=true]");
  await page.waitForSelector(".studio-review[aria-busy=false]");
  await paint(page, "mask");
  await wait(page, () => document.querySelector(".saved").textContent === "Unsaved changes");
  await pressControl(page, "s");
  await waitSaved(page, 1);
  seen.saved = await readText(page, ".saved");
  await pressControl(page, "z");
  await wait(page, () => document.querySelector(".saved").textContent === "Unsaved changes");
  await pressControl(page, "s");
  await waitSaved(page, 2);
  await page.close();
}

async function cast() {
  const page = await open(vote);
  await page.locator("input[type=checkbox]").click();
  await press(page, "Begin");
  await press(page, "Continue");
  const first = await (await wait(page, () => {
    const open = document.querySelector(".answers button:not(:disabled)");
    return open && document.querySelector(".trial").dataset.trial;
  })).jsonValue();
  await page.keyboard.press("1");
  await wait(page, (code) => document.querySelector(".trial")?.dataset.trial !== code, first);
  await page.close();
}

try {
  await label();
  await cast();
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify({ ...seen, problems }));
