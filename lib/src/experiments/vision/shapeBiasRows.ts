/** The table shape-bias.csv: transfer runs whose rows are there count as done. */
import { type ShapeBiasRow, shapeBiasSchema } from '../../runs/imageSchemas';
import { appendRows, readTable } from '../../runs/resultsTable';
import { imageOrigins } from './imageChain';
import { shapeBiasKey, transferRows } from './imageRows';
import { IMAGE_CONDITIONS, type ImageChainSettings, type ImageCondition, type ImagePreset } from './imageSettings';
import { imageTransfer, imageTransferSettings } from './imageTransfer';
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
    onRun?: (rows: ShapeBiasRow[], done: number, of: number) => void;
  },
): Promise<ShapeBiasRow[]> {
  const { conditions = IMAGE_CONDITIONS, onRun, ...workshop } = options;
  const { tables, preset } = workshop;
  const startsFrom = imageOrigins(settings, workshop);
  const table = tables && `${tables}/shape-bias.csv`;
  const recorded = table ? readTable(table, shapeBiasSchema, { absent: 'empty' }) : [];
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
      if (table) appendRows(table, shapeBiasSchema, own);
    }
    rows.push(...own);
    onRun?.(own, index + 1, conditions.length);
  }
  return rows;
}
