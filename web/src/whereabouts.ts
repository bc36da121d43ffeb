import { rounded, type Position } from './geo/position.ts';
import type { Say } from './words.ts';

export interface WhereaboutsWords {
  finding: string;
  found: string;
  /** The reader has not allowed it; where to allow it, and what else there is. */
  denied: string;
  /** The device does not know. */
  not_found: string;
}

/** Asks the device where it is, and says how that goes. */
export class Whereabouts {
  constructor(readonly say: Say<WhereaboutsWords>, readonly tell: (text: string) => void) {}

  find(use: (at: Position) => void): void {
    this.tell(this.say('finding'));
    const found = ({ coords }: GeolocationPosition) => {
      this.tell(this.say('found'));
      use(rounded([coords.longitude, coords.latitude]));
    };
    const failed = ({ code, PERMISSION_DENIED }: GeolocationPositionError) =>
      this.tell(this.say(code === PERMISSION_DENIED ? 'denied' : 'not_found'));
    navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 });
  }
}
