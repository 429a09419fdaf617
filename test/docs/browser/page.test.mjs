// The page as a newcomer meets it, in Debian's Chromium.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'

const base = process.env.PAGE_URL
const operations = [
  'List checkouts',
  'Create checkout',
  'Get checkout',
  'Update checkout',
  'Get client checkout',
  'Update client checkout',
  'Confirm client checkout',
]

let browser, page
// What the browser asked for, and what it complained about, over the whole visit.
const asked = []
const complaints = []

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
  page.setDefaultTimeout(60_000)
  page.on('request', (request) => asked.push(request.url()))
  page.on('websocket', (socket) => asked.push(socket.url()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(`${base}/`)
})

after(() => browser?.close())

test('it lists the seven operations', async () => {
  await page.getByRole('heading', { name: 'checkoutsvc', level: 1 }).waitFor()
  const links = page.getByRole('navigation').or(page.getByRole('complementary')).getByRole('link')
  await links.filter({ hasText: 'Confirm client checkout' }).first().waitFor()
  const listed = (await links.allInnerTexts())
    .filter((text) => /\b(GET|POST|PATCH|PUT|DELETE|HEAD)\b/.test(text))
    .map((text) => text.split('\n')[0].trim())
  assert.deepEqual(listed, operations)
})

test('it says what is sent, answered and refused', async () => {
  await open('Confirm client checkout')
  await page.getByText('charges the buyer').first().waitFor()
  await page.getByText('confirmation_token_id').first().waitFor()
  for (const status of ['200', '403', '409', '410', '422', '429']) {
    assert.ok(await page.getByRole('tab', { name: status }).count(), `the page does not have status ${status}`)
  }
})

test('a call from the page reaches Polar', async () => {
  await open('Create checkout')
  await page.getByRole('button', { name: 'Test Request (post /v1/checkouts/)' }).click()
  const client = page.getByRole('dialog')
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await client.getByRole('button', { name: 'Send' }).first().click()
  const response = await answered
  assert.equal(response.url(), `${base}/v1/checkouts/`)
  assert.equal(response.status(), 201)
  const checkout = await response.json()
  assert.equal(checkout.products[0].id, '0b000000-0000-4000-8000-000000000001')
  await client.getByText('201 Created').waitFor()
  await client.getByText(checkout.id).first().waitFor()
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT })
})

test('it called nobody else, and the browser had nothing to refuse', () => {
  assert.ok(asked.length >= 5, `only ${asked.length} requests were seen`)
  assert.deepEqual(asked.filter((url) => new URL(url).origin !== new URL(base).origin && !/^(data|blob):/.test(url)), [])
  assert.deepEqual(complaints, [])
})

async function open(operation) {
  await page.getByRole('link', { name: operation }).first().click()
  await page.getByRole('heading', { name: operation }).first().waitFor()
}
