/** Which styles the gallery offers. */
export const GALLERY_TABS = ['built-in', 'recent', 'favourites'] as const
export type GalleryTab = (typeof GALLERY_TABS)[number]
