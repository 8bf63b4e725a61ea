/** The icon packages of the shapes: all from the npm registry, in the versions that were traced. */
export const PACKAGES = [
  'bi',
  'fluent-emoji-flat',
  'fluent-emoji-high-contrast',
  'fxemoji',
  'healthicons',
  'icon-park-solid',
  'ion',
  'maki',
  'material-symbols',
  'mdi',
  'noto',
  'noto-v1',
  'ph',
  'tabler',
  'temaki',
];

/**
 * Eight drawings a category, as `package:icon` or `own:drawing`: six for training, two for validation, chosen so that
 * they differ in view, pose and make.
 */
export const SHAPES: Record<string, { training: string[]; validation: string[] }> = {
  airplane: {
    training: [
      'noto:airplane',
      'noto:small-airplane',
      'fxemoji:airplane',
      'bi:airplane-engines-fill',
      'maki:airport',
      'ion:jet',
    ],
    validation: ['tabler:plane-filled', 'healthicons:small-plane'],
  },
  bear: {
    training: [
      'noto:bear',
      'noto:teddy-bear',
      'fluent-emoji-high-contrast:bear',
      'mdi:panda',
      'own:bear-walking',
      'icon-park-solid:bear',
    ],
    validation: ['mdi:teddy-bear', 'own:bear-upright'],
  },
  bicycle: {
    training: [
      'noto-v1:bicycle',
      'fxemoji:bicycle',
      'bi:bicycle',
      'icon-park-solid:bike',
      'maki:bicycle',
      'mdi:bicycle-basket',
    ],
    validation: ['ph:bicycle-fill', 'healthicons:bike'],
  },
  bird: {
    training: ['noto:bird', 'noto:eagle', 'noto:flamingo', 'noto:swan', 'noto:parrot', 'mdi:bird'],
    validation: ['noto-v1:duck', 'noto:rooster'],
  },
  boat: {
    training: ['noto:sailboat', 'noto:canoe', 'noto:motor-boat', 'noto:ship', 'maki:ferry', 'noto:speedboat'],
    validation: ['temaki:sailboat', 'tabler:speedboat-filled'],
  },
  bottle: {
    training: [
      'icon-park-solid:bottle-one',
      'mdi:bottle-soda-classic',
      'noto:lotion-bottle',
      'noto:baby-bottle',
      'temaki:water-bottle',
      'mdi:spray-bottle',
    ],
    validation: ['mdi:bottle-wine', 'material-symbols:water-bottle'],
  },
  car: {
    training: [
      'noto:automobile',
      'bi:car-front-fill',
      'mdi:car-side',
      'mdi:car-convertible',
      'noto:racing-car',
      'fluent-emoji-flat:sport-utility-vehicle',
    ],
    validation: ['fxemoji:taxi', 'ion:car-sport'],
  },
  cat: {
    training: [
      'noto:cat',
      'noto-v1:cat',
      'fluent-emoji-flat:cat',
      'fxemoji:cat',
      'mdi:cat',
      'fluent-emoji-flat:cat-face',
    ],
    validation: ['noto:black-cat', 'noto:cat-face'],
  },
  chair: {
    training: [
      'noto:chair',
      'noto:seat',
      'fluent-emoji-flat:chair',
      'ph:armchair-fill',
      'ph:office-chair-fill',
      'material-symbols:high-chair',
    ],
    validation: ['ph:chair-fill', 'fxemoji:seat'],
  },
  clock: {
    training: [
      'noto:alarm-clock',
      'bi:clock-fill',
      'fluent-emoji-high-contrast:mantelpiece-clock',
      'bi:watch',
      'fluent-emoji-high-contrast:three-oclock',
      'icon-park-solid:stopwatch',
    ],
    validation: ['bi:alarm-fill', 'temaki:clock'],
  },
  dog: {
    training: ['noto:poodle', 'noto:guide-dog', 'fluent-emoji-flat:service-dog', 'mdi:dog-side', 'mdi:dog', 'noto:dog'],
    validation: ['noto:service-dog', 'maki:dog-park'],
  },
  elephant: {
    training: [
      'noto:elephant',
      'noto-v1:elephant',
      'fluent-emoji-flat:elephant',
      'mdi:elephant',
      'own:elephant-trunk-raised',
      'noto:mammoth',
    ],
    validation: ['fxemoji:elephant', 'own:elephant-side'],
  },
  keyboard: {
    training: [
      'bi:keyboard-fill',
      'mdi:keyboard-variant',
      'ph:keyboard-fill',
      'fluent-emoji-high-contrast:keyboard',
      'own:keyboard-numeric-pad',
      'fxemoji:wiredkeyboard',
    ],
    validation: ['material-symbols:keyboard', 'own:keyboard-perspective'],
  },
  knife: {
    training: [
      'noto:kitchen-knife',
      'ion:knife',
      'icon-park-solid:kitchen-knife',
      'temaki:chefs-knife',
      'noto-v1:dagger',
      'mdi:knife-military',
    ],
    validation: ['noto-v1:kitchen-knife', 'temaki:cleaver'],
  },
  oven: {
    training: [
      'icon-park-solid:oven',
      'material-symbols:oven',
      'mdi:stove',
      'ph:oven-fill',
      'own:oven-with-pot',
      'material-symbols:microwave',
    ],
    validation: ['material-symbols:oven-gen', 'own:oven-double'],
  },
  truck: {
    training: [
      'noto:delivery-truck',
      'noto:articulated-lorry',
      'mdi:dump-truck',
      'mdi:tanker-truck',
      'noto:pickup-truck',
      'ph:truck-fill',
    ],
    validation: ['noto-v1:articulated-lorry', 'mdi:tow-truck'],
  },
};
