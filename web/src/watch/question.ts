/** What `POST /api/v1/watches/preview` is asked. */
export interface Question {
  target:
    | { area: unknown }
    | { wards: { layer: string; ward: string }[] }
    | { my_ward_at: { lon: number; lat: number } }
    | { issue: string };
  filter: {
    kinds?: string[];
    categories?: string[];
    keywords?: { include?: string[]; exclude?: string[]; phrase?: string };
  };
}

/** The question that a form asks; `null` while its target is not chosen, or nothing would be told. */
export function questionOf(form: FormData): Question | null {
  const target = targetOf(form);
  const kinds = all(form, 'kind');
  // Kinds that are all unticked are no kinds at all; a form without any leaves them to the server.
  return target && { target, filter: { ...some('kinds', kinds), ...some('categories', all(form, 'category')), ...keywordsOf(form) } };
}

const all = (form: FormData, name: string): string[] => form.getAll(name).map(String).filter(Boolean);

const text = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

const some = <K extends string>(name: K, values: string[]) => (values.length ? { [name]: values } as Record<K, string[]> : {});

function targetOf(form: FormData): Question['target'] | null {
  switch (form.get('target') ?? 'area') {
    case 'area': return areaOf(text(form, 'area'));
    case 'ward': {
      const wards = all(form, 'ward').map(wardOf);
      return wards.length ? { wards } : null;
    }
    case 'my_ward': {
      const [lon, lat] = [text(form, 'lon'), text(form, 'lat')];
      return lon && lat ? { my_ward_at: { lon: Number(lon), lat: Number(lat) } } : null;
    }
    case 'issue': return text(form, 'issue') ? { issue: text(form, 'issue') } : null;
    default: return null;
  }
}

function areaOf(json: string): { area: unknown } | null {
  try {
    return json ? { area: JSON.parse(json) as unknown } : null;
  } catch {
    return null;
  }
}

function wardOf(name: string): { layer: string; ward: string } {
  const colon = name.indexOf(':');
  return colon < 0 ? { layer: 'wards', ward: name } : { layer: name.slice(0, colon), ward: name.slice(colon + 1) };
}

const lines = (form: FormData, name: string): string[] => text(form, name).split('\n').map((word) => word.trim()).filter(Boolean);

function keywordsOf(form: FormData): { keywords?: Question['filter']['keywords'] & object } {
  const phrase = text(form, 'phrase');
  const keywords = { ...some('include', lines(form, 'include')), ...some('exclude', lines(form, 'exclude')), ...(phrase ? { phrase } : {}) };
  return Object.keys(keywords).length ? { keywords } : {};
}
