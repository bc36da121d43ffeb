/** A sentence, or one for each plural form of its gap `{count}`. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;
export type Phrase = string | Plural;

export type Gaps = Record<string, string | number>;

/** Says a phrase of an island's dictionary `W`, its gaps filled. */
export type Say<W> = (key: keyof W & string, gaps?: Gaps) => string;

/**
 * A voice for a dictionary. Numbers are written as the language writes them. A word that is missing
 * is an error where it is developed; a resident sees its name, and can go on.
 */
export function voice<W>(dictionary: Record<string, Phrase>, language: string, strict: boolean): Say<W> {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 15 });
  return (key, gaps = {}) => {
    const phrase = dictionary[key];
    const chosen = typeof phrase === 'object' ? phrase[plural.select(Number(gaps['count'] ?? 0))] ?? phrase.other : phrase;
    if (chosen === undefined) {
      if (strict) throw new Error(`the page gives no words for “${key}”`);
      return key;
    }
    return chosen.replace(/\{(\w+)\}/g, (gap, name: string) => {
      const value = gaps[name];
      return typeof value === 'number' ? number.format(value) : value ?? gap;
    });
  };
}

/** The words that stand beside an island: `<script type="application/json" data-words="NAME">`. */
export function wordsOf<W>(island: HTMLElement): Say<W> {
  const name = `script[data-words="${island.dataset['island']}"]`;
  const script = island.parentElement?.querySelector(name) ?? document.querySelector(name);
  const dictionary = JSON.parse(script?.textContent || '{}') as Record<string, Phrase>;
  return voice<W>(dictionary, document.documentElement.lang || 'en', import.meta.env.DEV);
}
