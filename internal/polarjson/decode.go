package polarjson

import "unicode/utf8"

// decoder turns one document into wire.
type decoder struct {
	scanner
	dst  []byte
	held heldMembers
	// repeated says that an object had a member twice; the document is then decoded again with careful set.
	repeated bool
	// careful looks through an object's names first and decodes only the last member of each name.
	careful bool
}

// verdict is what became of a value.
type verdict uint8

const (
	broken verdict = iota // the text is no JSON, or has a member twice
	misfit                // JSON, but nothing that the field can hold exactly; position and output are undefined
	fits
)

func fitsIf(ok bool) verdict {
	if ok {
		return fits
	}
	return broken
}

// frame is an object being read.
type frame struct {
	table   *table
	next    int // the field expected next
	seen    fieldSet
	variant *variant
	last    []int // per field where the value of its last occurrence starts; only when careful
}

const unknownName, brokenName = -1, -2

// document decodes the whole text.
func (d *decoder) document(t *table) bool {
	if d.peek() != '{' {
		return d.failAtValue("expected an object")
	}
	if d.object(t) != fits {
		return false
	}
	if d.peek(); d.pos < len(d.src) {
		return d.fail("text after the object")
	}
	return true
}

// object decodes the fields of a message, without tag and length.
func (d *decoder) object(t *table) verdict {
	if d.peek() != '{' {
		return misfit
	}
	fr := frame{table: t}
	if d.careful {
		fr.last = d.lastMembers(t)
	}
	base := d.held.n
	st := d.enter('}')
	for ; st == stepMore; st = d.more('}') {
		if !d.member(&fr) {
			return broken
		}
	}
	if st == stepBroken {
		return broken
	}
	if t.union == nil {
		return fits
	}
	return fitsIf(d.settle(&fr, base))
}

func (d *decoder) member(fr *frame) bool {
	d.peek()
	nameAt := d.pos
	i := d.name(fr.table, fr.next)
	if i >= 0 {
		fr.next = i + 1
		return d.known(fr, i, nameAt)
	}
	if i == brokenName {
		return false
	}
	d.peek()
	if fr.table.union == nil {
		return d.keep(fr.table, nameAt, d.pos)
	}
	d.held.push(heldMember{name: nameAt, value: d.pos})
	return d.skip()
}

// name steps over a member's name and colon and returns its field. Members mostly come in the order of the fields,
// so the field that is next is tried first, and a few after it, before the name is looked up.
func (d *decoder) name(t *table, next int) int {
	rest := d.src[d.pos:]
	for i := next; i < len(t.fields) && i < next+3; i++ {
		l := t.fields[i].literal
		if len(rest) >= len(l) && string(rest[:len(l)]) == l {
			d.pos += len(l)
			return i
		}
	}
	return d.lookUp(t)
}

func (d *decoder) lookUp(t *table) int {
	if d.peek() != '"' {
		d.failAtValue("expected a member name")
		return brokenName
	}
	name, ok := d.text()
	if !ok || !d.colon() {
		return brokenName
	}
	body := d.src[name.start:name.end]
	if name.escaped {
		end := len(d.dst)
		d.dst = appendUnescaped(d.dst, body)
		body, d.dst = d.dst[end:], d.dst[:end]
	}
	if i, ok := t.index[string(body)]; ok {
		return i
	}
	return unknownName
}

// known decodes a member that has a field, or keeps it where the field cannot hold it.
func (d *decoder) known(fr *frame, i, nameAt int) bool {
	c := d.peek()
	valueAt := d.pos
	if fr.last != nil && fr.last[i] != valueAt {
		return d.skip()
	}
	if fr.seen.add(i) && fr.last == nil {
		d.repeated = true
		return false
	}
	f := &fr.table.fields[i]
	if c == 'n' && f.nullable {
		return d.word("null") || d.fail("expected a value")
	}
	size, depth := len(d.dst), d.depth
	var v verdict
	if f.op == opVariant {
		v = d.discriminator(fr)
	} else {
		v = d.value(f)
	}
	if v != misfit {
		return v == fits
	}
	d.dst, d.depth, d.pos = d.dst[:size], depth, valueAt
	return d.keep(fr.table, nameAt, valueAt)
}

func (d *decoder) discriminator(fr *frame) verdict {
	if !d.at('"') {
		return misfit
	}
	t, ok := d.text()
	if !ok {
		return broken
	}
	fr.variant = fr.table.union.named(d.src[t.start:t.end])
	if fr.variant == nil {
		return misfit
	}
	return fits
}

// keep appends a member as JSON text to the map unmodelled_json. The map may then hold a name twice in the wire;
// for a reader the last one counts, as it does for Polar.
func (d *decoder) keep(t *table, nameAt, valueAt int) bool {
	d.pos = valueAt
	if !d.skip() {
		return false
	}
	end := d.pos
	d.pos = nameAt
	name, ok := d.text()
	d.pos = end
	if !ok {
		return false
	}
	d.dst = append(d.dst, t.keepTag...)
	entry := d.open()
	d.dst = append(d.dst, mapKeyTag)
	d.string(name)
	d.dst = append(d.dst, mapValueTag)
	d.json(valueAt, end)
	d.close(entry)
	return true
}

const mapKeyTag, mapValueTag = 1<<3 | 2, 2<<3 | 2

// json appends a stretch of the source as a length and the text, made valid UTF-8.
func (d *decoder) json(start, end int) {
	raw := d.src[start:end]
	at := d.open()
	if utf8.Valid(raw) {
		d.dst = append(d.dst, raw...)
	} else {
		d.dst = appendValid(d.dst, raw)
	}
	d.close(at)
}
