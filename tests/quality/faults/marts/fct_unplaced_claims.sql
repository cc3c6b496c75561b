-- tags_stay_in_their_market: the link of a British ad leads to the American shop
update ledgers.fct_unplaced_claims set unplaced_reason = 'cross_market' where asin = 'B01';
