import type { Workshop } from '../chain';
import type { ImageFolders } from './imagenetImages';

/** Where runs are kept, where their rows go, who watches, and, for photographs, where they lie. */
export interface ImageWorkshop extends Workshop {
  folders?: ImageFolders;
}
