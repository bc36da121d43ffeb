import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begun, did, redone, undone } from '../src/draw/history.ts';
import { areaIn, lengthIn, type SizeWords } from '../src/draw/size.ts';
import { voice } from '../src/words.ts';

test('Polish has its four forms, and numbers are written as the language writes them', () => {
  const say = voice<{ corners: string }>({ corners: { one: '{count} róg', few: '{count} rogi', many: '{count} rogów', other: '{count} rogu' } }, 'pl', true);
  assert.deepEqual([1, 3, 5, 22, 1.5].map((count) => say('corners', { count })), ['1 róg', '3 rogi', '5 rogów', '22 rogi', '1,5 rogu']);
});

test('a form that a language lacks is the other one; a gap that nobody fills stays', () => {
  const say = voice<{ parts: string; hello: string }>({ parts: { other: '{count} 个' }, hello: 'Hello {who}' }, 'zh', true);
  assert.equal(say('parts', { count: 1 }), '1 个');
  assert.equal(say('hello'), 'Hello {who}');
});

test('a missing word is an error for its author and a name for everybody else', () => {
  assert.throws(() => voice({}, 'en', true)('undo' as never), /undo/);
  assert.equal(voice({}, 'en', false)('undo' as never), 'undo');
});

test('sizes are said in two digits and in the units of the city', () => {
  const units = Object.fromEntries(['m', 'km', 'ft', 'mi', 'm2', 'km2', 'acres', 'sqmi'].map((unit) => [unit, `{count} ${unit}`]));
  const say = voice<SizeWords>(units, 'en', true);
  assert.deepEqual([87, 996, 1_540].map((metres) => lengthIn(say, 'metric', metres)), ['87 m', '1 km', '1.5 km']);
  assert.deepEqual([100, 1_609].map((metres) => lengthIn(say, 'us', metres)), ['330 ft', '1 mi']);
  assert.deepEqual([4_321, 203_000].map((m2) => areaIn(say, 'metric', m2)), ['4,300 m2', '0.2 km2']);
  assert.deepEqual([40_000, 5e6].map((m2) => areaIn(say, 'us', m2)), ['9.9 acres', '1.9 sqmi']);
});

test('steps are undone one by one, small ones of a kind together', () => {
  let history = begun('');
  for (const [next, step] of [['a', null], ['ab', 'nudge'], ['ac', 'nudge'], ['acd', null]] as const) history = did(history, next, step);
  const back = undone(undone(history)!)!;
  assert.equal(back.now, 'a');
  assert.equal(redone(back)!.now, 'ac');
  assert.equal(redone(redone(back)!)!.now, 'acd');
  assert.equal(undone(undone(back)!), null);
  assert.equal(redone(did(back, 'x')), null);
});
