/** The table shape-bias.csv: transfer runs whose rows are there count as done. */
import { join } from 'node:path';
import { type ShapeBiasRow, shapeBiasSchema } from '../../runs/imageSchemas';
import { appendRows, readTable } from '../../runs/resultsTable';
import { addDecisions, readDecisions } from '../../stats/decisions';
import { imageOrigins } from './imageChain';
import { IMAGE_CONDITIONS, type ImageCondition } from './imageConditions';
import type { ImagePreset } from './imagePresets';
import { shapeBiasKey, transferRows } from './imageRows';
import type { ImageChainSettings } from './imageSettings';
import { type ImageTransfer, imageTransfer, imageTransferSettings } from './imageTransfer';
import type { ImageWorkshop } from './imageWorkshop';

/**
 * The rows of a chain's transfer runs: from the table where they are there, else from the store, else computed now. Base
 * model and masks are only needed (and, if need be, made) for runs that are missing.
 *
 * Stopped by the person, it returns the rows of the runs that are finished.
 */
export async function shapeBiasRows(
  settings: ImageChainSettings,
  options: ImageWorkshop & {
    preset: ImagePreset;
    conditions?: ImageCondition[];
    /** Hears of each run that is there. */
    onRows?: (rows: ShapeBiasRow[], done: number, of: number) => void;
  },
): Promise<ShapeBiasRow[]> {
  const { conditions = IMAGE_CONDITIONS, onRows, ...workshop } = options;
  const { tables, preset } = workshop;
  const startsFrom = imageOrigins(settings, workshop);
  const recorded = tables ? readTable(`${tables}/shape-bias.csv`, shapeBiasSchema, { absent: 'empty' }) : [];
  const rows: ShapeBiasRow[] = [];
  for (const [index, condition] of conditions.entries()) {
    const key = Object.entries(shapeBiasKey(settings, condition, preset));
    let own = recorded.filter((row) => key.every(([name, value]) => row[name as keyof ShapeBiasRow] === value));
    if (own.length === 0) {
      const start = await startsFrom(condition);
      if (!start) break;
      const transfer = await imageTransfer(imageTransferSettings(settings, condition, start), start, workshop);
      if (!transfer.id) break;
      own = transferRows(settings, condition, transfer, start, preset);
      if (tables) {
        gatherDecisions(transfer, { tables, store: workshop.store });
        appendRows(`${tables}/shape-bias.csv`, shapeBiasSchema, own);
      }
    }
    rows.push(...own);
    onRows?.(own, index + 1, conditions.length);
  }
  return rows;
}

/** Puts a run's decisions on cue-conflict images into the table beside: decisions.csv.gz. */
function gatherDecisions(
  { settings }: ImageTransfer,
  { tables, store }: { tables: string; store: ImageWorkshop['store'] },
): void {
  const run = store.find('image-transfer', settings);
  if (!run) return;
  const decisions = readDecisions(join(run.path, 'decisions.csv')).map((decision) => ({ ...decision, run: run.id }));
  addDecisions(join(tables, 'decisions.csv.gz'), decisions);
}
