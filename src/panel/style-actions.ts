/** What the user does with the list of styles. */
import type { DocumentWork } from './document.ts'
import { withoutStyleDrafts } from './drafts.ts'
import { type Favourite, without, withToggled } from './favourites.ts'
import { StyleFileError } from './problems.ts'
import type { Settings } from './settings.ts'
import { editedIndex, type PanelState } from './state.ts'
import type { Store } from './store.ts'
import type { StyleFiles } from './style-files.ts'
import { type StyleSetting, withAdded, withShare } from './style-settings.ts'
import { type RecentStyle, type StyleChoice, withoutRecent, withRecent } from './styles.ts'
import type { StyleActions } from './view/view.ts'

interface StyleActionsContext {
  readonly store: Store<PanelState>
  readonly files: StyleFiles
  readonly documents: Pick<DocumentWork, 'otherDocuments'>
  setSettings(settings: Settings): void
  setRecent(recent: readonly RecentStyle[]): void
  setFavourites(favourites: readonly Favourite[]): void
  /** Reads which layers may serve as masks. */
  lookForMasks(): void
  /** Tells the user. */
  fail(error: unknown): void
  /** Takes back what was said about a style. */
  dismiss(): void
}

export function makeStyleActions(context: StyleActionsContext): StyleActions {
  const { store, files, setRecent, setFavourites, fail } = context
  const setStyles = (styles: readonly StyleSetting[]): void =>
    context.setSettings({ ...store.get().settings, styles })
  const change = (index: number, how: (style: StyleSetting) => StyleSetting): void =>
    setStyles(store.get().settings.styles.map((style, i) => (i === index ? how(style) : style)))
  const choose = (choice: StyleChoice): void =>
    change(editedIndex(store.get()), (style) => ({ ...style, choice }))

  const take = async (find: () => Promise<RecentStyle | undefined>): Promise<void> => {
    try {
      const style = await find()
      if (!style) return
      setRecent(withRecent(store.get().recent, style))
      store.update({ gallery: 'recent' })
      const { name, token } = style
      choose({ kind: 'file', name, token })
      context.dismiss()
    } catch (error) {
      fail(error)
    }
  }

  return {
    chooseStyle(choice) {
      choose(choice)
      files.check(choice).catch((error: unknown) => {
        if (choice.kind === 'file' && error instanceof StyleFileError) {
          setRecent(withoutRecent(store.get().recent, choice.token))
          setFavourites(without(store.get().favourites, choice))
        }
        fail(error)
      })
    },
    pickStyleFile: () => void take(files.pick),
    lookForPictures: () => store.update({ otherDocuments: context.documents.otherDocuments() }),
    takeStyle: (from) => void take(() => files.take(from)),
    showGallery: (gallery) => store.update({ gallery }),
    toggleFavourite(choice) {
      const { favourites, recent } = store.get()
      setFavourites(withToggled(favourites, choice, recent))
    },
    addStyle() {
      const styles = withAdded(store.get().settings.styles)
      setStyles(styles)
      store.update({ editing: { index: styles.length - 1, isOpen: false } })
    },
    removeStyle(index) {
      const { settings, editing } = store.get()
      const edited = editedIndex(store.get())
      if (settings.styles.length < 2) return
      store.update({ drafts: withoutStyleDrafts(store.get().drafts) })
      setStyles(settings.styles.filter((_, i) => i !== index))
      const isBefore = index < edited
      const isOpen = editing.isOpen && index !== edited
      store.update({ editing: { index: edited - (isBefore ? 1 : 0), isOpen } })
    },
    editStyle(index, isOpen) {
      store.update({ editing: { index, isOpen } })
      if (isOpen) context.lookForMasks()
    },
    setAmount: (index, name, value) => change(index, (style) => ({ ...style, [name]: value })),
    setShare: (index, share) => setStyles(withShare(store.get().settings.styles, index, share)),
    setWhere: (index, where) =>
      change(index, ({ where: _, ...style }) => ({ ...style, ...(where && { where }) })),
  }
}
