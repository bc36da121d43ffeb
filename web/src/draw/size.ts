import type { Say, Plural } from '../words.ts';

export type Units = 'metric' | 'us';

/** The words for lengths and areas; `{count}` is the number. */
export interface SizeWords {
  m: string | Plural;
  km: string | Plural;
  ft: string | Plural;
  mi: string | Plural;
  m2: string | Plural;
  km2: string | Plural;
  acres: string | Plural;
  sqmi: string | Plural;
}

export const METRES_PER_FOOT = 0.3048;
const M2_PER_ACRE = 4_046.856_422_4;

/** Two digits that mean something: nobody draws more exactly than that. */
export const about = (value: number): number => Number(value.toPrecision(2));

export function lengthIn(say: Say<SizeWords>, units: Units, metres: number): string {
  if (units === 'us') {
    const feet = about(metres / METRES_PER_FOOT);
    return feet < 1_000 ? say('ft', { count: feet }) : say('mi', { count: about(metres / METRES_PER_FOOT / 5_280) });
  }
  return about(metres) < 1_000 ? say('m', { count: about(metres) }) : say('km', { count: about(metres / 1_000) });
}

export function areaIn(say: Say<SizeWords>, units: Units, m2: number): string {
  if (units === 'us') {
    const acres = about(m2 / M2_PER_ACRE);
    return acres < 320 ? say('acres', { count: acres }) : say('sqmi', { count: about(m2 / M2_PER_ACRE / 640) });
  }
  return m2 < 10_000 ? say('m2', { count: about(m2) }) : say('km2', { count: about(m2 / 1e6) });
}
