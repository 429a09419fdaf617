package polarjson

// heldMember is a member of a union's object that is no common field: its place in the source.
type heldMember struct {
	name, value int  // where they start
	placed      bool // decoded, or dropped for a later one of the same name
}

// heldMembers is a stack of the members of all unions being read. The first few need no allocation.
type heldMembers struct {
	n    int
	few  [16]heldMember
	more []heldMember
}

func (h *heldMembers) push(m heldMember) {
	if h.n < len(h.few) {
		h.few[h.n] = m
	} else {
		h.more = append(h.more[:h.n-len(h.few)], m)
	}
	h.n++
}

func (h *heldMembers) at(i int) *heldMember {
	if i < len(h.few) {
		return &h.few[i]
	}
	return &h.more[i-len(h.few)]
}

// settle places the members of a union's object that were held: those that the variant has go into the variant's
// message, the others are kept.
func (d *decoder) settle(fr *frame, base int) bool {
	end := d.pos
	if fr.variant != nil {
		d.dst = append(d.dst, fr.variant.tag...)
		at := d.open()
		if !d.place(fr.variant.table, base) {
			return false
		}
		d.close(at)
	}
	for i := base; i < d.held.n; i++ {
		if h := d.held.at(i); !h.placed && !d.keep(fr.table, h.name, h.value) {
			return false
		}
	}
	d.held.n = base
	d.pos = end
	return true
}

// place decodes the held members that are fields of the variant.
func (d *decoder) place(t *table, base int) bool {
	fr := frame{table: t}
	if d.careful {
		fr.last = d.lastHeld(t, base)
	}
	for i := base; i < d.held.n; i++ {
		d.pos = d.held.at(i).name
		f := d.name(t, fr.next)
		if f < 0 {
			continue
		}
		fr.next = f + 1
		placed, ok := d.placeOne(&fr, f, d.held.at(i).value)
		if !ok {
			return false
		}
		d.held.at(i).placed = placed
	}
	return true
}

// placeOne decodes one held member; one that does not fit is not placed.
func (d *decoder) placeOne(fr *frame, i, valueAt int) (placed, ok bool) {
	if fr.last != nil && fr.last[i] != valueAt {
		return true, true // an earlier one of the same name: dropped
	}
	if fr.seen.add(i) && fr.last == nil {
		d.repeated = true
		return false, false
	}
	d.pos = valueAt
	f := &fr.table.fields[i]
	if f.nullable && d.at('n') {
		return true, true
	}
	size, depth := len(d.dst), d.depth
	v := d.value(f)
	if v == misfit {
		d.dst, d.depth = d.dst[:size], depth
	}
	return v == fits, v != broken
}

// lastMembers looks through the object that starts here and returns where the last value of each field starts.
func (d *decoder) lastMembers(t *table) []int {
	ahead := *d
	last := make([]int, len(t.fields))
	for st := ahead.enter('}'); st == stepMore; st = ahead.more('}') {
		ahead.peek()
		i := ahead.name(t, 0)
		if i == brokenName {
			break
		}
		ahead.peek()
		if i >= 0 {
			last[i] = ahead.pos
		}
		if !ahead.skip() {
			break
		}
	}
	return last
}

// lastHeld does the same for the members that were held.
func (d *decoder) lastHeld(t *table, base int) []int {
	last := make([]int, len(t.fields))
	for n := base; n < d.held.n; n++ {
		h := d.held.at(n)
		d.pos = h.name
		if i := d.name(t, 0); i >= 0 {
			last[i] = h.value
		}
	}
	return last
}
