package polarjson

import "math"

// messageValue decodes a message with tag and length.
func (d *decoder) messageValue(f *field) (v verdict) {
	d.dst = append(d.dst, f.tag...)
	at := d.open()
	switch f.op {
	case opObject:
		v = d.object(f.table)
	case opScalar:
		v = d.scalar(f.scalar)
	default:
		v = d.value(f.elem)
	}
	if v == fits {
		d.close(at)
	}
	return v
}

// scalar decodes the oneof of a transparent value. Whatever no field of it holds exactly becomes its JSON text; null
// is the message with nothing set.
func (d *decoder) scalar(s *scalar) verdict {
	start := d.pos
	v := misfit
	switch c := d.peek(); {
	case c == 'n':
		return fitsIf(d.word("null") || d.fail("expected a value"))
	case c == '"' && s.text.tag != "":
		v = d.stringValue(s.text.tag, false)
	case (c == 't' || c == 'f') && s.boolean.tag != "":
		v = d.boolValue(s.boolean.tag, false)
	case c == '-' || c-'0' <= 9:
		v = d.numberValue(s)
	}
	if v != misfit {
		return v
	}
	d.pos = start
	if !d.skip() {
		return broken
	}
	d.dst = append(d.dst, s.unmodelled.tag...)
	d.json(start, d.pos)
	return fits
}

// numberValue keeps the kind: a literal without fraction and exponent is an integer.
func (d *decoder) numberValue(s *scalar) verdict {
	start := d.pos
	_, integer, ok := d.number()
	if !ok {
		return broken
	}
	d.pos = start
	switch {
	case integer && s.integer.tag != "":
		return d.intValue(s.integer.tag, false, math.MinInt64, math.MaxInt64)
	case !integer && s.double.tag != "":
		return d.doubleValue(s.double.tag, false)
	}
	return misfit
}

func (d *decoder) list(f *field) verdict {
	if !d.at('[') {
		return misfit
	}
	packed := -1
	st := d.enter(']')
	if st == stepEnd {
		return f.emptyVerdict()
	}
	if f.packed {
		d.dst = append(d.dst, f.tag...)
		packed = d.open()
	}
	for ; st == stepMore; st = d.more(']') {
		d.peek()
		if v := d.value(f.elem); v != fits {
			return v
		}
	}
	if st == stepBroken {
		return broken
	}
	if f.packed {
		d.close(packed)
	}
	return fits
}

// emptyVerdict is for [] and {}, which an unset field stands for where unset fields are written.
func (f *field) emptyVerdict() verdict {
	if f.emptyOK {
		return fits
	}
	return misfit
}

// mapValue decodes a map; of a key that occurs twice the last counts, for readers of the wire as for Polar.
func (d *decoder) mapValue(f *field) verdict {
	if !d.at('{') {
		return misfit
	}
	st := d.enter('}')
	if st == stepEnd {
		return f.emptyVerdict()
	}
	for ; st == stepMore; st = d.more('}') {
		if v := d.entry(f); v != fits {
			return v
		}
	}
	return fitsIf(st == stepEnd)
}

func (d *decoder) entry(f *field) verdict {
	if d.peek() != '"' {
		return fitsIf(d.failAtValue("expected a member name"))
	}
	key, ok := d.text()
	if !ok || !d.colon() {
		return broken
	}
	d.peek()
	d.dst = append(d.dst, f.tag...)
	at := d.open()
	d.dst = append(d.dst, mapKeyTag)
	d.string(key)
	v := d.value(f.elem)
	if v == fits {
		d.close(at)
	}
	return v
}
