import { and, type CalicoSelector, not, or } from '../../calico-selector/calico-selector.js';

/** Selects the pods of which nobody knows whether they have a label; null: of every pod it is known. */
export type DoubtAbout = (key: string) => CalicoSelector | null;

/** Whether a selector asks for something that a snapshot does not show of every pod. */
export function isDoubtful(selector: CalicoSelector, doubtAbout: DoubtAbout): boolean {
  switch (selector.kind) {
    case 'All':
    case 'Global':
      return false;
    case 'Not':
      return isDoubtful(selector.operand, doubtAbout);
    case 'And':
    case 'Or':
      return selector.operands.some((operand) => isDoubtful(operand, doubtAbout));
    default:
      return doubtAbout(selector.key) !== null;
  }
}

/**
 * A selector of the pods that satisfy another whatever is unknown of them (`Certain`), or that may satisfy it
 * (`Possible`). Cost: the size of the selector.
 */
export function boundOf(
  selector: CalicoSelector,
  which: 'Certain' | 'Possible',
  doubtAbout: DoubtAbout,
): CalicoSelector {
  switch (selector.kind) {
    case 'All':
    case 'Global':
      return selector;
    case 'Not':
      return not(boundOf(selector.operand, which === 'Certain' ? 'Possible' : 'Certain', doubtAbout));
    case 'And':
      return and(selector.operands.map((operand) => boundOf(operand, which, doubtAbout)));
    case 'Or':
      return or(selector.operands.map((operand) => boundOf(operand, which, doubtAbout)));
    default: {
      const doubt = doubtAbout(selector.key);
      if (doubt === null) return selector;
      return which === 'Certain' ? and([selector, not(doubt)]) : or([selector, doubt]);
    }
  }
}
