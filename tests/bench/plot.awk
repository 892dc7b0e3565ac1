# SPDX-License-Identifier: GPL-3.0-or-later
# One SVG from figures.csv, both axes logarithmic: what=time or what=memory
# against the number of delegations. Each line differs in marker and dashes,
# so that it is told apart in print and by those who do not see its colour.
BEGIN {
	FS = ","
	width = 770
	height = 520
	left = 76
	right = width - 200
	top = 64
	bottom = height - 62
	figure = what == "time" ? "signed_s" : "peak_kib"
}
$2 != "tld" || $4 != "nsec" {
	next
}
$6 == "sign" && $8 == "signatures" && $7 == "zsk-sign" {
	made[$3] = $9
}
$6 == "speed" && $8 == "sign_per_s" {
	put("limit", $3, $9)
}
$6 == "sign" && $8 == figure {
	put($7, $3, what == "time" ? $9 : $9 * 1024 / 1e6)
}
$6 == "sign" && $8 == "wall_s" && $7 == "zsk-sign" && what == "time" {
	put("whole", $3, $9)
}
# What is not above 0 has no place on these axes.
function put(name, names, value,    id) {
	if (value <= 0)
		return
	id = name SUBSEP names
	value_of[id, ++count[id]] = value
	if (!(names in known)) {
		known[names] = 1
		size[++sizes] = names
	}
}
function median(id,    i, j, n, v, t) {
	n = count[id]
	for (i = 1; i <= n; i++) {
		t = value_of[id, i] + 0
		for (j = i - 1; j > 0 && v[j] > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function floor(v) {
	return int(v + 1000) - 1000
}
# An axis begins and ends at 1, 2 or 5 times a power of ten, given as logs.
function end_of_axis(v, up,    d, k, step) {
	split("1 2 5 10", step, " ")
	d = floor(log(v) / log(10) + 1e-9)
	for (k = up ? 1 : 4; k >= 1 && k <= 4; k += up ? 1 : -1)
		if (up && step[k] * 10 ^ d >= v * (1 - 1e-9) ||
		    !up && step[k] * 10 ^ d <= v * (1 + 1e-9))
			break
	return log(step[k] * 10 ^ d) / log(10)
}
function x(v) {
	return left + (log(v) / log(10) - x0) / (x1 - x0) * (right - left)
}
function y(v) {
	return bottom - (log(v) / log(10) - y0) / (y1 - y0) * (bottom - top)
}
function grouped(n,    s) {
	for (s = ""; n >= 1000; n = int(n / 1000))
		s = sprintf(",%03d", n % 1000) s
	return int(n + 0.5) s
}
function text(px, py, anchor, more, s) {
	printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n", \
	    px, py, anchor, more, s
}
function rule(xa, ya, xb, yb, more) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", \
	    xa, ya, xb, yb, more
}
function marker(shape, px, py, colour) {
	if (shape == "disc" || shape == "ring")
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" " \
		    "fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n", \
		    px, py, shape == "disc" ? colour : "white", colour
	else if (shape == "square")
		printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"9\" " \
		    "height=\"9\" fill=\"%s\"/>\n", \
		    px - 4.5, py - 4.5, colour
	else if (shape != "")
		printf "<path d=\"M%.1f %.1f%sz\" fill=\"%s\" " \
		    "stroke=\"%s\" stroke-width=\"2\"/>\n", px, py - 6, \
		    shape == "triangle" ? "l6 10h-12" : "l6 6l-6 6l-6 -6", \
		    shape == "triangle" ? colour : "white", colour
}
# A line of the plot: its points, its dashes, its marker; its label waits.
function curve(name, label, colour, dashes, shape,    i, id, v, points, n) {
	n = 0
	for (i = 1; i <= sizes; i++) {
		id = name SUBSEP size[i]
		if (!(id in count) || name == "limit" && !made[size[i]])
			continue
		v = median(id)
		if (name == "limit")
			v = made[size[i]] / v
		n++
		px[n] = x(size[i])
		py[n] = y(v)
		points = points sprintf(" %.1f,%.1f", px[n], py[n])
	}
	if (n == 0)
		return
	printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" " \
	    "stroke-width=\"2\"%s/>\n", substr(points, 2), colour, \
	    dashes == "" ? "" : " stroke-dasharray=\"" dashes "\""
	for (i = 1; i <= n; i++)
		marker(shape, px[i], py[i], colour)
	# One that was left out from some size on has its name where it ends.
	if (px[n] < right - 1) {
		text(px[n] - 6, py[n] - 12, "end", \
		    " fill=\"" colour "\"", label)
		return
	}
	labels++
	label_text[labels] = label
	label_colour[labels] = colour
	label_x[labels] = px[n]
	label_y[labels] = py[n]
}
# Labels stand at the lines' ends, pushed apart where those are close.
function put_labels(    i, j, t, order, at, last) {
	for (i = 1; i <= labels; i++) {
		for (j = i - 1; j > 0 && \
		    label_y[order[j]] > label_y[i]; j--)
			order[j + 1] = order[j]
		order[j + 1] = i
	}
	for (i = 1; i <= labels; i++) {
		at[i] = label_y[order[i]]
		if (i > 1 && at[i] < at[i - 1] + 16)
			at[i] = at[i - 1] + 16
	}
	last = bottom
	for (i = labels; i > 0; i--) {
		if (at[i] > last)
			at[i] = last
		last = at[i] - 16
	}
	for (i = 1; i <= labels; i++) {
		t = order[i]
		rule(label_x[t] + 8, label_y[t], right + 16, at[i], \
		    "stroke=\"#999999\" stroke-width=\"0.7\"")
		text(right + 20, at[i] + 4, "start", \
		    " fill=\"" label_colour[t] "\"", label_text[t])
	}
}
function range(    id, part, v) {
	low = 1e30
	high = 0
	for (id in count) {
		split(id, part, SUBSEP)
		v = median(id)
		if (part[1] == "limit" && (what != "time" || !made[part[2]]))
			continue
		if (part[1] == "limit")
			v = made[part[2]] / v
		if (v < low)
			low = v
		if (v > high)
			high = v
	}
}
function axes(    d, k, v) {
	for (d = floor(x0 + 0.999); d <= x1 + 1e-9; d++) {
		v = 10 ^ d
		rule(x(v), top, x(v), bottom, "stroke=\"#cccccc\"")
		text(x(v), bottom + 20, "middle", "", grouped(v))
	}
	for (d = floor(y0 + 1e-9); d <= y1 + 1e-9; d++) {
		v = 10 ^ d
		for (k = 2; k <= 9; k++)
			if (y(k * v) <= bottom && y(k * v) >= top)
				rule(left - 4, y(k * v), left, y(k * v), \
				    "stroke=\"black\"")
		if (y(v) > bottom + 0.1)
			continue
		rule(left, y(v), right, y(v), "stroke=\"#cccccc\"")
		text(left - 8, y(v) + 4, "end", "", \
		    v < 1 ? v "" : grouped(v))
	}
	printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" " \
	    "fill=\"none\" stroke=\"black\"/>\n", left, top, \
	    right - left, bottom - top
	text((left + right) / 2, bottom + 44, "middle", "", \
	    "delegations in the zone")
	text(0, 0, "middle", sprintf(" transform=\"translate(22 %d) " \
	    "rotate(-90)\"", (top + bottom) / 2), \
	    what == "time" ? "seconds" : "peak memory, MB (1,000,000 bytes)")
}
# Sizes in their order, whatever the order of the measurements.
function sort_sizes(    i, j, t) {
	for (i = 2; i <= sizes; i++) {
		t = size[i] + 0
		for (j = i - 1; j > 0 && size[j] + 0 > t; j--)
			size[j + 1] = size[j]
		size[j + 1] = t
	}
}
END {
	title = what == "time" ? "Time to sign a zone (tld, NSEC, P-256)" : \
	    "Memory to sign a zone (tld, NSEC, P-256)"
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
	    "height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" " \
	    "font-family=\"sans-serif\" font-size=\"13\">\n", width, \
	    height, width, height
	printf "<title>%s</title>\n", title
	printf "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", \
	    width, height
	text(left, 26, "start", " font-size=\"17\"", title)
	text(left, 46, "start", " fill=\"#555555\"", what == "time" ? \
	    "from the unsigned file to the signed one; medians" : \
	    "of the whole command: ours verifies too, the others do not")
	sort_sizes()
	range()
	if (sizes > 0 && high > 0) {
		x0 = end_of_axis(size[1], 0)
		x1 = end_of_axis(size[sizes], 1)
		y0 = end_of_axis(low, 0)
		y1 = end_of_axis(high, 1)
		x1 = x1 > x0 ? x1 : x0 + 1
		y1 = y1 > y0 ? y1 : y0 + 1
		axes()
		if (what == "time") {
			curve("limit", "bare signatures (openssl)", \
			    "#555555", "2 4", "")
			curve("whole", "zsk-sign with verification", \
			    "#000000", "8 4", "ring")
		}
		curve("ldns-signzone", "ldns-signzone", "#007a5e", \
		    "12 4 2 4", "diamond")
		curve("dnssec-signzone", "dnssec-signzone", "#c44e00", \
		    "6 3", "triangle")
		curve("kzonesign", "kzonesign", "#0072b2", "3 3", "square")
		curve("zsk-sign", "zsk-sign", "#000000", "", "disc")
		put_labels()
	}
	print "</svg>"
}
