/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judge, on zones with one fault each and on their good twins (faults.h).
 * With FAULT_ZONES set to a folder it writes them there too, for other
 * validators: NAME.zone, whose first line says what is expected of it, and
 * NAME.ds where the parent's DS matters.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "dns/rrtext.h"
#include "faults.h"

static const char data[] =
    "example. SOA ns.example. host.example. 1 3600 900 1209600 300\n"
    "example. NS ns.example.\n"
    "example. NS ns.sub.example.\n"
    "ns.example. A 192.0.2.1\n"
    "www.example. A 192.0.2.2\n"
    "www.example. AAAA 2001:db8::2\n"
    "alias.example. CNAME www.example.\n"
    "*.wild.example. TXT \"any\"\n"
    "a.b.ent.example. TXT \"deep\"\n"
    "sub.example. NS ns.sub.example.\n"
    "ns.sub.example. A 192.0.2.3\n"
    "sec.example. NS ns.sub.example.\n"
    "sec.example. DS 4711 13 2 "
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "p.ins.example. NS ns.elsewhere.\n"
    "q.ins.example. NS ns.elsewhere.\n"
    "dn.example. DNAME other.\n"
    "odd.example. TYPE65400 \\# 3 010203\n";

static void
put_cds(struct made *m, enum made_key_number k)
{
	const struct made_key *key = made_key(k);
	uint8_t ds[DS_RDATA_MAX];

	made_add(m, "example.", RRTYPE_CDS, 3600, ds,
	    dnskey_ds(m->apex, &key->key, 2, ds));
	made_add(m, "example.", RRTYPE_CDNSKEY, 3600, key->rdata,
	    key->key.rdata_len);
}

static void
make(const struct fault *f, struct made *m)
{
	static const uint8_t zonemd[6 + 48] = {0, 0, 0, 1, 1, 1};

	made_init(m, f->kind);
	m->csk = (f->with & WITH_CSK) != 0;
	m->two = (f->with & WITH_TWO) != 0;
	made_text(m, data);
	if (f->extra != NULL)
		made_text(m, f->extra);
	made_put_keys(m);
	if ((f->with & WITHOUT_CDS) == 0) {
		put_cds(m, KSK);
		if (m->two)
			put_cds(m, KSK_ED);
	}
	if ((f->with & WITH_ZONEMD) != 0)
		made_add(
		    m, "example.", RRTYPE_ZONEMD, 3600, zonemd, sizeof(zonemd));
	if (f->data != NULL)
		f->data(m);
	made_put_chain(m);
	if (f->chain != NULL)
		f->chain(m);
	made_put_sigs(m);
	if ((f->with & WITH_ZONEMD) != 0)
		made_put_zonemd(m);
	if (f->sigs != NULL)
		f->sigs(m);
}

/* The parent's DS of a fault's zone, packed as an RRset. */
struct parent {
	uint8_t rdata[2 + DS_RDATA_MAX];
	struct rrset set;
};

static const struct rrset *
parent_ds(const struct fault *f, const struct made *m, struct parent *p)
{
	uint16_t len;

	if ((f->with & (WITH_DS | WITH_WRONG_DS)) == 0)
		return NULL;
	len =
	    (uint16_t)dnskey_ds(m->apex, &made_key(KSK)->key, 2, p->rdata + 2);
	memcpy(p->rdata, &len, sizeof(len));
	if ((f->with & WITH_WRONG_DS) != 0)
		p->rdata[10] ^= 1;
	p->set.owner = m->apex;
	p->set.rdata = p->rdata;
	p->set.count = 1;
	p->set.ttl = 3600;
	p->set.type = RRTYPE_DS;
	return &p->set;
}

static bool
any_key(const struct fault *f)
{
	return (f->with & (WITH_CSK | WITH_ANY_KEY)) != 0;
}

static void
expected_owner(
    const struct fault *f, const struct made *m, char out[NAME_TEXT_SIZE])
{
	out[0] = '\0';
	if (f->owner != NULL && f->owner[0] == '#')
		made_hashed(m, f->owner + 1, out);
	else if (f->owner != NULL)
		(void)snprintf(out, NAME_TEXT_SIZE, "%s", f->owner);
}

static void
save(const char *dir, const char *name, const char *ending, const struct buf *b)
{
	char path[4096];
	struct dflow_err err = {DFLOW_OK, ""};

	ck_assert(!b->failed);
	(void)snprintf(path, sizeof(path), "%s/%s.%s", dir, name, ending);
	ck_assert_msg(os_write(path, 0644, b->data, b->len, &err) == DFLOW_OK,
	    "%s", err.text);
}

static void
dump(const struct fault *f, const struct made *m, const struct rrset *ds,
    const char *dir)
{
	char owner[NAME_TEXT_SIZE];
	struct buf b;

	expected_owner(f, m, owner);
	buf_init(&b, 1 << 20);
	buf_printf(&b, "; now=%" PRId64 " options=%s expect=%s %s: %s\n",
	    MADE_NOW, any_key(f) ? "-z" : "", owner,
	    f->words != NULL ? f->type : "", f->words != NULL ? f->words : "");
	for (size_t i = 0; i < m->count; i++) {
		struct rdata r = {m->rrs[i].rdata, m->rrs[i].len};

		rrtext_put(
		    &b, m->rrs[i].owner, m->rrs[i].ttl, m->rrs[i].type, r);
	}
	save(dir, f->name, "zone", &b);
	if (ds != NULL) {
		buf_reset(&b);
		rrtext_put_rrset(&b, ds);
		save(dir, f->name, "ds", &b);
	}
	buf_free(&b);
}

static bool
is_finding(const struct fault *f, const char *owner, const struct finding *x)
{
	return strcmp(x->owner, owner) == 0 && strcmp(x->type, f->type) == 0 &&
	       strstr(x->reason, f->words) != NULL;
}

static void
compare(
    const struct fault *f, const struct made *m, const struct judge_report *r)
{
	char owner[NAME_TEXT_SIZE], said[4096] = "";
	size_t want = f->words == NULL ? 0 : f->count == 0 ? 1 : f->count;
	bool found = f->words == NULL;

	expected_owner(f, m, owner);
	for (size_t i = 0; i < r->kept; i++) {
		size_t len = strlen(said);

		(void)snprintf(said + len, sizeof(said) - len, "\n  %s %s: %s",
		    r->findings[i].owner, r->findings[i].type,
		    r->findings[i].reason);
		found = found || is_finding(f, owner, &r->findings[i]);
	}
	ck_assert_msg(found, "%s: not found: %s %s: %s%s", f->name, owner,
	    f->type, f->words, said);
	if (want != SIZE_MAX)
		ck_assert_msg(r->count == want, "%s: %zu findings, not %zu%s",
		    f->name, r->count, want, said);
}

static void
judge_fault(const struct fault *f)
{
	struct made m;
	struct parent parent;
	struct dflow_err err = {DFLOW_OK, ""};
	struct judge_report *r = NULL;
	struct judge_params p = {.now = MADE_NOW,
	    .any_key = any_key(f),
	    .threads = 2,
	    .findings_max = 20};

	make(f, &m);
	struct zone *z = made_zone(&m);
	p.ds = parent_ds(f, &m, &parent);
	enum dflow_status st = judge_zone(z, &p, &r, &err);
	ck_assert_msg(r != NULL, "%s: %s", f->name, err.text);
	compare(f, &m, r);
	ck_assert_int_eq(st, f->words == NULL ? DFLOW_OK : DFLOW_REFUSED);
	if (getenv("FAULT_ZONES") != NULL && (f->with & WITHOUT_FILE) == 0)
		dump(f, &m, p.ds, getenv("FAULT_ZONES"));
	judge_report_free(&r);
	zone_free(&z);
	made_free(&m);
}

START_TEST(keys)
{
	judge_fault(&faults_keys[_i]);
}
END_TEST

START_TEST(sigs)
{
	judge_fault(&faults_sigs[_i]);
}
END_TEST

START_TEST(nsec)
{
	judge_fault(&faults_nsec[_i]);
}
END_TEST

START_TEST(nsec3)
{
	judge_fault(&faults_nsec3[_i]);
}
END_TEST

START_TEST(zone_data)
{
	judge_fault(&faults_data[_i]);
}
END_TEST

/* The report is the same whatever the threads do, and max bounds it. */
START_TEST(report)
{
	const struct fault none = {.name = "expired"};
	struct made m;
	struct dflow_err err = {DFLOW_OK, ""};
	struct judge_report *a = NULL, *b = NULL;
	struct judge_params p = {
	    .now = MADE_NOW + 365 * 86400, .threads = 1, .findings_max = 1000};

	make(&none, &m);
	struct zone *z = made_zone(&m);
	ck_assert_int_eq(judge_zone(z, &p, &a, &err), DFLOW_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "example.: "));
	ck_assert_ptr_nonnull(strstr(err.text, "; first: example. "));
	p.threads = 4;
	p.findings_max = 5;
	ck_assert_int_eq(judge_zone(z, &p, &b, &err), DFLOW_REFUSED);
	ck_assert_uint_eq(a->count, b->count);
	ck_assert_uint_eq(a->kept, a->count);
	ck_assert_uint_eq(b->kept, 5);
	for (size_t i = 0; i < b->kept; i++) {
		ck_assert_str_eq(a->findings[i].owner, b->findings[i].owner);
		ck_assert_str_eq(a->findings[i].type, b->findings[i].type);
		ck_assert_str_eq(a->findings[i].reason, b->findings[i].reason);
	}
	ck_assert_int_eq(a->first_expiration, MADE_TO);
	judge_report_free(&a);
	judge_report_free(&b);
	zone_free(&z);
	made_free(&m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("judge");
	TCase *t = tcase_create("judge");
	SRunner *r = srunner_create(s);

	tcase_add_unchecked_fixture(t, made_keys_init, made_keys_free);
	tcase_add_loop_test(t, keys, 0, (int)faults_keys_count);
	tcase_add_loop_test(t, sigs, 0, (int)faults_sigs_count);
	tcase_add_loop_test(t, nsec, 0, (int)faults_nsec_count);
	tcase_add_loop_test(t, nsec3, 0, (int)faults_nsec3_count);
	tcase_add_loop_test(t, zone_data, 0, (int)faults_data_count);
	tcase_add_test(t, report);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
