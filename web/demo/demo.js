// Keeps the demo page moving. The server wrote the present state; here come only its changes.
// Words, paths and pixels all come from the server: nothing is calculated about places here.

const $ = (id) => document.getElementById(id)
const SVG = 'http://www.w3.org/2000/svg'
const map = $('map'), city = map.querySelector('svg.city'), feed = $('feed')
const CARDS = 24, PER_ISSUE = 12, LIT_MS = 3600, FOLLOW_MS = 9000, SAY_MS = 12000

/** Issues by number, newest first in `order`; each {landing, told, mails, pushes}. */
const issues = new Map()
let order = []
/** The issue a visitor chose; null while the page follows the newest by itself. */
let chosen = null
let shown = null, shownAt = -Infinity, saidAt = -Infinity, mine = null
let paused = false
const waiting = []

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  node.append(...children)
  return node
}
function draw(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  node.append(...children)
  return node
}
const sign = (mark) => draw('svg', { class: 'mark', 'aria-hidden': 'true' }, draw('use', { href: `#i-${mark}` }))
const place = (landing) => [landing.address, landing.ward].filter(Boolean).join(' · ')
const lasting = (ms) => ms < 1 ? '–' : ms < 100 ? `${ms} ms` : ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`

// The list

function card(issue) {
  const { landing, told } = issue
  const link = make('a', { href: `/?issue=${encodeURIComponent(landing.number)}#got` }, sign(landing.mark),
    make('span', { class: 'what' }, make('b', {}, landing.category), make('time', {}, landing.time)),
    make('span', { class: 'where' }, place(landing)))
  if (landing.source_id === mine) link.querySelector('.where').prepend(make('span', { class: 'yours' }, 'Your report · '))
  const tell = (kind, head, more) => link.append(make('span', { class: `told ${kind}` }, make('b', {}, head), ' ', make('span', {}, more)))
  if (landing.trouble) tell('held', issue.held > 1 ? `${issue.held} requests held at one address` : 'Held back', landing.trouble)
  else if (told) tell(told.people ? '' : 'none', told.headline, told.detail)
  else tell('none', 'Finding who watches this place …', '')
  const item = make('li', { class: 'card', 'data-number': landing.number }, link)
  mark(item, landing.number === chosen)
  return item
}
function mark(item, on) {
  item.classList.toggle('chosen', on)
  const link = item.firstElementChild
  if (on) link.setAttribute('aria-current', 'true')
  else link.removeAttribute('aria-current')
}
const itemOf = (number) => feed.querySelector(`[data-number="${CSS.escape(number)}"]`)
function refresh(issue) {
  const old = itemOf(issue.landing.number)
  if (!old) return
  const focused = old.contains(document.activeElement)
  const item = card(issue)
  old.replaceWith(item)
  if (focused) item.firstElementChild.focus()
}

// The map

function pin(issue) {
  const { number, at, mark } = issue.landing
  if (!at) return
  const node = draw('g', { class: 'pin', 'data-number': number, transform: `translate(${at.x} ${at.y})` },
    draw('circle', { class: 'ring', r: 16 }), draw('circle', { class: 'disc', r: 14 }),
    draw('use', { class: 'sign', href: `#i-${mark}`, x: -9, y: -9, width: 18, height: 18 }))
  $('pins').append(node)
  return node
}
const pinOf = (number) => $('pins').querySelector(`[data-number="${CSS.escape(number)}"]`)

let lit = []
/** Lights up what an issue hit; `stay` until something else does. */
function light(told, stay) {
  dark()
  const hits = told.areas.map((d) => draw('path', { class: 'hit-area', d }))
  // Thirty areas on top of each other would hide the map.
  $('hits').classList.toggle('many', hits.length > 12)
  $('hits').append(...hits)
  const wards = told.wards.flatMap((id) => [$(id), $(`${id}-line`)]).filter(Boolean)
  wards.forEach((ward) => ward.classList.add('hit'))
  const now = { hits, wards, timer: stay ? 0 : setTimeout(() => fade(now), LIT_MS) }
  lit = [now]
}
function fade(some) {
  some.wards.forEach((ward) => ward.classList.remove('hit'))
  some.hits.forEach((hit) => hit.classList.add('going'))
  setTimeout(() => some.hits.forEach((hit) => hit.remove()), 900)
}
function dark() {
  for (const some of lit) {
    clearTimeout(some.timer)
    some.wards.forEach((ward) => ward.classList.remove('hit'))
    some.hits.forEach((hit) => hit.remove())
  }
  lit = []
}
function flash({ landing, told }) {
  const text = make('p', {}, make('b', {}, told.headline), make('span', {}, [landing.category, landing.address].filter(Boolean).join(' · ')))
  const box = $('flash')
  box.replaceChildren(sign(landing.mark), text)
  box.classList.remove('new')
  void box.offsetWidth
  box.classList.add('new')
}

// What they got

function show(number) {
  const issue = issues.get(number)
  if (!issue) return
  const changed = shown !== number
  shown = number
  shownAt = performance.now()
  const { landing, mails, pushes } = issue
  $('about').textContent = [landing.category, place(landing)].filter(Boolean).join(' · ')
  if (changed) $('mails').replaceChildren()
  const known = $('mails').querySelectorAll('a').length
  if (!known) $('mails').replaceChildren()
  $('mails').append(...mails.slice(known).map(mailLink))
  if (!mails.length) $('mails').append(make('li', { class: 'nothing' }, 'Nobody asked for mail at once about this. Digests follow in the morning.'))
  $('pushes').replaceChildren(...pushes.slice(0, 5).map((push) => notification(push, changed)))
  if (!pushes.length) $('pushes').append(make('li', { class: 'nothing' }, 'No phone rang.'))
  if (changed || !known) mails.length ? read(mails[0]) : ($('letter').hidden = true)
}
function mailLink(mail) {
  const icon = draw('svg', { 'aria-hidden': 'true' }, draw('use', { href: '#i-mail' }))
  const link = make('a', { href: mail.url, target: 'letter', 'data-mail': mail.id }, icon, mail.name)
  link.addEventListener('click', (event) => { event.preventDefault(); hold(); read(mail) })
  return make('li', {}, link)
}
function notification(push, fresh) {
  const head = make('span', { class: 'head' }, make('b', {}, push.title), make('time', {}, push.time))
  const text = make('p', {}, head, push.body, make('span', { class: 'who' }, `${push.name}’s phone`))
  return make('li', { class: fresh ? 'new' : '' }, make('img', { src: '/demo/mark.svg', alt: '', width: 28, height: 28 }), text)
}
function read(mail) {
  $('letter').hidden = false
  if (!$('l-to')) $('letter').replaceChildren(
    make('dl', {}, make('dt', {}, 'To'), make('dd', { id: 'l-to' }), make('dt', {}, 'From'), make('dd', { id: 'l-from' })),
    make('h3', { id: 'l-subject' }), make('iframe', { id: 'l-body', name: 'letter', sandbox: 'allow-popups allow-popups-to-escape-sandbox' }))
  $('l-to').replaceChildren(`${mail.name} `, make('span', {}, mail.to))
  $('l-from').textContent = mail.from
  $('l-subject').textContent = mail.subject
  const frame = $('l-body')
  frame.title = `The mail as ${mail.name} reads it`
  if (frame.getAttribute('src') !== mail.url) frame.setAttribute('src', mail.url)
  for (const link of $('mails').querySelectorAll('a')) {
    if (link.dataset.mail === mail.id) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }
}
/** The page follows the newest issue by itself, but not under the eyes or hands of a reader. */
function mayFollow() {
  return !chosen && performance.now() - shownAt > FOLLOW_MS && !$('got').matches(':hover, :focus-within')
}
function hold() { if (!chosen && shown) choose(shown) }

function choose(number) {
  const before = chosen
  chosen = number
  for (const old of [before, number]) {
    if (!old) continue
    const item = itemOf(old)
    if (item) mark(item, old === chosen)
    pinOf(old)?.classList.toggle('chosen', old === chosen)
  }
  if (!number) return dark()
  show(number)
  const { told } = issues.get(number) ?? {}
  if (told) light(told, true)
}

// What the stream says

function say(text) {
  const now = performance.now()
  if (now - saidAt < SAY_MS) return
  saidAt = now
  $('said').textContent = text
}
/** How many are held already on the card that a landing would lie on: those of its address, just before it. */
function heldWith(landing) {
  const before = issues.get(order[0])
  const same = landing.trouble && before?.landing.trouble === landing.trouble && before.landing.address === landing.address
  return same && ![chosen, shown].includes(order[0]) && ![landing, before.landing].some((one) => one.source_id === mine) ? before.held : 0
}
function drop(number) {
  order = order.filter((one) => one !== number)
  issues.delete(number)
  itemOf(number)?.remove()
  pinOf(number)?.remove()
}
const takers = {
  landed(landing) {
    if (issues.has(landing.number)) return
    const issue = { landing, held: heldWith(landing) + 1, told: null, mails: [], pushes: [] }
    if (issue.held > 1) drop(order[0])
    issues.set(landing.number, issue)
    order.unshift(landing.number)
    feed.querySelector('.empty')?.remove()
    const item = card(issue)
    item.classList.add('new')
    feed.prepend(item)
    for (const old of $('pins').querySelectorAll('.new')) old.classList.remove('new')
    pin(issue)?.classList.add('new')
    if (landing.source_id === mine) choose(landing.number)
    trim()
  },
  told(told) {
    const issue = issues.get(told.number)
    if (!issue || issue.told) return
    issue.told = told
    refresh(issue)
    if (told.number === chosen) light(told, true)
    else if (!chosen) light(told, false)
    if (!issue.landing.trouble && (!chosen || told.number === chosen)) flash(issue)
    if (issue.landing.source_id === mine) { saidAt = -Infinity; say(`Your report has landed. ${told.headline}. ${told.detail}`) }
    else say(`${issue.landing.category}, ${place(issue.landing)}: ${told.headline}.`)
  },
  mail(mail) {
    const issue = issues.get(mail.number)
    if (!issue || issue.mails.length >= PER_ISSUE || issue.mails.some((m) => m.id === mail.id)) return
    issue.mails.push(mail)
    if (shown === mail.number || mayFollow()) show(mail.number)
  },
  push(push) {
    const issue = issues.get(push.number)
    if (!issue || issue.pushes.length >= PER_ISSUE || issue.pushes.some((p) => p.id === push.id)) return
    issue.pushes.push(push)
    if (shown === push.number) show(push.number)
  },
  tally(tally) {
    for (const [key, value] of Object.entries(tally)) {
      const node = $(`t-${key}`)
      if (node) node.textContent = key === 'median_ms' ? lasting(value) : value.toLocaleString('en-US')
    }
  },
  state(state) {
    for (const kept of [...state.cards].reverse()) {
      takers.landed(kept.landing)
      const issue = issues.get(kept.landing.number)
      if (issue && issue.held !== kept.held) { issue.held = kept.held; refresh(issue) }
      if (kept.told) takers.told(kept.told)
      kept.mails.forEach(takers.mail)
      kept.pushes.forEach(takers.push)
    }
    takers.tally(state.tally)
  },
}
function trim() {
  while (order.length > CARDS) {
    const old = order.findLast((number) => number !== chosen && number !== shown)
    drop(old)
  }
}
function take(name, data) {
  if (!paused) return takers[name](data)
  waiting.push([name, data])
  if (waiting.length > 4000) waiting.splice(0, 1000)
  const landed = waiting.filter(([kind]) => kind === 'landed').length
  $('waiting').textContent = landed === 1 ? '1 new issue waits' : `${landed} new issues wait`
  $('waiting').hidden = !landed
}

// Pause, choose, report

function pause(on) {
  paused = on
  document.body.classList.toggle('paused', on)
  $('pause').setAttribute('aria-pressed', String(on))
  $('pause').textContent = on ? 'Resume' : 'Pause'
  if (on) return
  $('waiting').hidden = true
  for (const [name, data] of waiting.splice(0)) takers[name](data)
}
$('pause').addEventListener('click', () => pause(!paused))

feed.addEventListener('click', (event) => {
  const item = event.target.closest('.card')
  if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const number = item.dataset.number
  choose(number === chosen ? null : number)
  if (chosen && !matchMedia('(min-width: 50rem)').matches) $('got').scrollIntoView({ block: 'start' })
})
$('pins').addEventListener('click', (event) => {
  const number = event.target.closest('[data-number]')?.dataset.number
  if (number && !picking) choose(number)
})
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  if (picking) pick(false)
  else if (chosen) choose(null)
})

let picking = false
const spot = { x: 0, y: 0 }
function pick(on) {
  picking = on
  map.classList.toggle('picking', on)
  $('reporting').hidden = !on
  $('pin').hidden = !on
  document.body.classList.toggle('asking', on)
  $('how').textContent = 'Choose a place on the map, or move the pin with the arrow keys and press Enter.'
  if (!on) return $('report').focus()
  const box = city.viewBox.baseVal
  move(box.width / 2, box.height / 2)
  $('category').focus()
}
function move(x, y) {
  const box = city.viewBox.baseVal
  spot.x = Math.min(Math.max(x, 0), box.width)
  spot.y = Math.min(Math.max(y, 0), box.height)
  const at = new DOMPoint(spot.x, spot.y).matrixTransform(city.getScreenCTM())
  const frame = map.getBoundingClientRect()
  $('pin').style.left = `${at.x - frame.left}px`
  $('pin').style.top = `${at.y - frame.top}px`
}
function under(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(city.getScreenCTM().inverse())
}
async function send() {
  if (!picking) return
  $('how').textContent = 'Sending …'
  const body = JSON.stringify({ x: spot.x, y: spot.y, category: $('category').value })
  try {
    const reply = await fetch('/demo/report', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const answer = await reply.json()
    if (!reply.ok) throw new Error(answer.detail)
    mine = answer.source_id
    if (paused) pause(false)
    pick(false)
    // The stream may have been quicker than the answer.
    const landed = [...issues.values()].find((issue) => issue.landing.source_id === mine)
    if (landed) { refresh(landed); choose(landed.landing.number) }
  } catch (error) {
    $('how').textContent = error.message || 'The demo does not answer. Is it still running?'
  }
}
$('report').addEventListener('click', () => pick(true))
$('cancel').addEventListener('click', () => pick(false))
$('reporting').addEventListener('submit', (event) => { event.preventDefault(); $('pin').focus() })
city.addEventListener('pointermove', (event) => { if (picking) { const at = under(event); move(at.x, at.y) } })
city.addEventListener('click', (event) => { if (picking) { const at = under(event); move(at.x, at.y); send() } })
$('pin').addEventListener('click', send)
$('pin').addEventListener('keydown', (event) => {
  const step = event.shiftKey ? 50 : 10
  const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key]
  if (!by) return
  event.preventDefault()
  move(spot.x + by[0], spot.y + by[1])
})
addEventListener('resize', () => { if (picking) move(spot.x, spot.y) })

// Begin

const first = JSON.parse($('state').textContent || '{"cards":[],"tally":{}}')
for (const kept of first.cards) {
  issues.set(kept.landing.number, kept)
  order.push(kept.landing.number)
}
$('pins').replaceChildren()
$('hits').replaceChildren()
$('live').hidden = false
for (const number of [...order].reverse()) pin(issues.get(number))
for (const link of document.querySelectorAll('#mails a')) link.removeAttribute('target')
const asked = new URLSearchParams(location.search).get('issue')
const newest = order.find((number) => issues.get(number).mails.length)
if (issues.has(asked)) choose(asked)
else if (newest) { show(newest); if (issues.get(newest).told) light(issues.get(newest).told, false) }
document.querySelector('.controls').hidden = false

const stream = new EventSource('/demo/stream')
for (const name of Object.keys(takers)) stream.addEventListener(name, (event) => take(name, JSON.parse(event.data)))
