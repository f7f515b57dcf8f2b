import type { Node } from '#model';
import type { Context } from './context.js';
import type { Flow } from './flow.js';
import type { Path } from './path.js';
import type { Way } from './plugin/plugin.js';

/** One packet of a flow on one of its ways; its `path` grows as the steps take it further. */
export interface Walk {
  readonly context: Context;
  readonly flow: Flow;
  /** The node that decides how the packet gets to the server; null where nobody knows. */
  readonly sender: Node | null;
  /** Null where the packet needs no way between nodes. */
  readonly way: Way | null;
  readonly path: Path;
}
