import { type Gpt2Config, gpt2MaskedWeights } from '../../lib/dist/models/gpt2';

/** A masked layer as the files name it, "transformer.h.0.attn.c_attn", and the parameter that carries its mask. */
export interface MaskedLayer {
  layer: string;
  parameter: string;
}

export function maskedLayers(config: Gpt2Config): MaskedLayer[] {
  return gpt2MaskedWeights(config).map((parameter) => ({ layer: parameter.replace(/\.weight$/, ''), parameter }));
}
